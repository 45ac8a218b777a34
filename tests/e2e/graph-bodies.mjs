// What can be written to Graph: for each resource a typical body, and one with every property that can be set.
// Short forms where the SDK has them: what is sent is the service's own form.
const adele = { name: 'Adele Varga', address: 'adele@contoso.example' };
const ben = { name: 'Ben Okafor', address: 'ben@contoso.example' };
const recipient = (emailAddress) => ({ emailAddress });
const at = (dateTime, timeZone = 'UTC') => ({ dateTime, timeZone });
const note = () => Object.assign(new Blob(['hello'], { type: 'text/plain' }), { name: 'note.txt' });
const property = 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color';
const extended = {
  singleValueExtendedProperties: [{ id: property, value: 'Green' }],
  multiValueExtendedProperties: [{ id: property.replace('String', 'StringArray'), value: ['Green', 'Blue'] }],
};
const extension = { '@odata.type': '#microsoft.graph.openTypeExtension', extensionName: 'example.contoso.deal', expires: '2026-12-01T00:00:00Z', cost: 10 };
const address = { street: 'Keizersgracht 1', city: 'Amsterdam', state: 'Noord-Holland', postalCode: '1015 CJ', countryOrRegion: 'Netherlands' };
const place = {
  displayName: 'Room Aurora', locationEmailAddress: 'aurora@contoso.example', locationType: 'conferenceRoom', locationUri: 'https://contoso.example/aurora', address,
  coordinates: { latitude: 52.37, longitude: 4.89, altitude: 2.5, accuracy: 10.5, altitudeAccuracy: 1.5 }, uniqueId: 'aurora@contoso.example', uniqueIdType: 'directory',
};
const file = {
  '@odata.type': '#microsoft.graph.fileAttachment', name: 'logo.png', contentType: 'image/png', contentBytes: 'iVBORyBzeW50aGV0aWM=', contentId: 'logo001@contoso.example',
  contentLocation: 'https://contoso.example/logo.png', isInline: true,
};

const predicates = {
  bodyContains: ['invoice'], bodyOrSubjectContains: ['offer'], categories: ['Suppliers'], fromAddresses: [recipient(ben)], hasAttachments: true, headerContains: ['X-Spam: no'],
  importance: 'high', isApprovalRequest: false, isAutomaticForward: false, isAutomaticReply: false, isEncrypted: false, isMeetingRequest: false, isMeetingResponse: false,
  isNonDeliveryReport: false, isPermissionControlled: false, isReadReceipt: false, isSigned: true, isVoicemail: false, messageActionFlag: 'followUp', notSentToMe: false,
  recipientContains: ['contoso'], senderContains: ['fabrikam'], sensitivity: 'normal', sentCcMe: false, sentOnlyToMe: true, sentToAddresses: [recipient(adele)], sentToMe: true,
  sentToOrCcMe: true, subjectContains: ['figures'], withinSizeRange: { minimumSize: 1, maximumSize: 1000 },
};

export const BODIES = {
  message: {
    typical: { subject: 'Plan', body: 'First line', toRecipients: [ben.address] },
    maximal: {
      subject: 'Plan', body: { contentType: 'html', content: '<p>First line</p>' }, toRecipients: [ben, adele.address], ccRecipients: [adele], bccRecipients: [ben], replyTo: [adele],
      from: recipient(adele), sender: recipient(adele), importance: 'high', inferenceClassification: 'focused', categories: ['Suppliers'],
      flag: { flagStatus: 'flagged', startDateTime: at('2026-12-01T00:00:00'), dueDateTime: at('2026-12-02T00:00:00') }, internetMessageHeaders: [{ name: 'x-deal', value: '17' }],
      internetMessageId: '<plan@contoso.example>', isRead: false, isDeliveryReceiptRequested: true, isReadReceiptRequested: true, attachments: [note(), file], extensions: [extension], ...extended,
    },
  },
  event: {
    typical: { subject: 'Planning', start: '2026-12-01T09:00', end: '2026-12-01T09:30', attendees: [ben.address] },
    maximal: {
      subject: 'Planning', body: { contentType: 'html', content: '<p>Agenda</p>' }, start: new Date('2026-12-01T09:00:00Z'), end: at('2026-12-01T10:30:00', 'W. Europe Standard Time'),
      attendees: [ben, { ...recipient(adele), type: 'optional' }], location: place, locations: [place], categories: ['Suppliers'], importance: 'high', sensitivity: 'private', showAs: 'tentative',
      isAllDay: false, isReminderOn: true, reminderMinutesBeforeStart: 15, responseRequested: true, allowNewTimeProposals: true, hideAttendees: true, isOnlineMeeting: true,
      onlineMeetingProvider: 'teamsForBusiness', transactionId: '8d7c3e5a-0b1a-4a52-9f6e-3a3b9d0f1e77',
      recurrence: {
        pattern: { type: 'relativeMonthly', interval: 2, daysOfWeek: ['tuesday'], index: 'first', firstDayOfWeek: 'monday', dayOfMonth: 0, month: 0 },
        range: { type: 'endDate', startDate: '2026-12-01', endDate: '2027-12-01', recurrenceTimeZone: 'UTC', numberOfOccurrences: 0 },
      },
      attachments: [note(), file], extensions: [extension], ...extended,
    },
  },
  contact: {
    typical: { givenName: 'Grace', surname: 'Hopper', emailAddresses: [{ address: 'grace@contoso.example', name: 'Grace' }] },
    maximal: {
      givenName: 'Grace', surname: 'Hopper', middleName: 'Brewster', initials: 'G.B.H.', title: 'Dr.', generation: 'I', nickName: 'Amazing Grace', displayName: 'Grace Hopper',
      fileAs: 'Hopper, Grace',
      emailAddresses: [{ address: 'grace@contoso.example', name: 'Grace' }], imAddresses: ['sip:grace@contoso.example'], businessPhones: ['+31 20 000 0000'], homePhones: ['+31 20 000 0001'],
      mobilePhone: '+31 6 0000 0000', businessAddress: address, homeAddress: address, otherAddress: address, businessHomePage: 'https://contoso.example', birthday: '1906-12-09T11:59:00Z',
      companyName: 'Contoso', department: 'Compilers', jobTitle: 'Rear admiral', officeLocation: 'A1', profession: 'Mathematician', assistantName: 'Ada', manager: 'Howard', spouseName: 'Vincent',
      children: ['Cobol'], personalNotes: 'Bugs', yomiGivenName: 'G', yomiSurname: 'H', yomiCompanyName: 'C', categories: ['Suppliers'], parentFolderId: 'AAMk=', extensions: [extension], ...extended,
    },
  },
  mailFolder: {
    typical: { displayName: 'Plans' },
    maximal: {
      '@odata.type': '#microsoft.graph.mailSearchFolder', displayName: 'Plans', isHidden: true, includeNestedFolders: true, sourceFolderIds: ['inbox'], filterQuery: "contains(subject, 'plan')", ...extended,
    },
  },
  messageRule: {
    typical: { displayName: 'From Fabrikam', sequence: 2, isEnabled: true, conditions: { senderContains: ['fabrikam'] }, actions: { moveToFolder: 'AAMk=' } },
    maximal: {
      displayName: 'From Fabrikam', sequence: 2, isEnabled: true, conditions: predicates, exceptions: predicates,
      actions: {
        assignCategories: ['Suppliers'], copyToFolder: 'AAMk=', moveToFolder: 'AAMk=', delete: false, permanentDelete: false, forwardTo: [recipient(ben)], forwardAsAttachmentTo: [recipient(ben)],
        redirectTo: [recipient(ben)], markAsRead: true, markImportance: 'low', stopProcessingRules: true,
      },
    },
  },
  outlookCategory: { typical: { displayName: 'Travel' }, maximal: { displayName: 'Travel', color: 'preset24' } },
  inferenceClassificationOverride: { typical: { classifyAs: 'other' }, maximal: { classifyAs: 'focused', senderEmailAddress: ben } },
  attachment: {
    typical: { '@odata.type': '#microsoft.graph.fileAttachment', name: 'note.txt', contentBytes: 'aGVsbG8=' },
    maximal: { '@odata.type': '#microsoft.graph.itemAttachment', name: 'Kick-off', contentType: 'message/rfc822', isInline: false, item: { '@odata.type': '#microsoft.graph.message', subject: 'Kick-off' } },
  },
  openTypeExtension: { typical: { '@odata.type': extension['@odata.type'], extensionName: extension.extensionName }, maximal: extension },
  calendar: { typical: { name: 'Team' }, maximal: { name: 'Team', color: 'lightTeal', hexColor: '#008272', isDefaultCalendar: false, defaultOnlineMeetingProvider: 'teamsForBusiness', ...extended } },
  calendarGroup: { typical: { name: 'Projects' }, maximal: { name: 'Projects' } },
  calendarPermission: {
    typical: { emailAddress: ben, role: 'read' },
    maximal: { emailAddress: ben, role: 'delegateWithPrivateEventAccess', isInsideOrganization: true, isRemovable: true },
  },
  contactFolder: { typical: { displayName: 'Press' }, maximal: { displayName: 'Press', parentFolderId: 'AAMk=', ...extended } },
  mailboxSettings: {
    typical: { timeZone: 'W. Europe Standard Time' },
    maximal: {
      timeZone: 'UTC', dateFormat: 'yyyy-MM-dd', timeFormat: 'HH:mm', language: { locale: 'nl-NL' }, delegateMeetingMessageDeliveryOptions: 'sendToDelegateOnly',
      workingHours: { daysOfWeek: ['monday', 'friday'], startTime: '08:00:00.0000000', endTime: '17:00:00.0000000', timeZone: { name: 'W. Europe Standard Time' } },
      automaticRepliesSetting: {
        status: 'scheduled', externalAudience: 'contactsOnly', internalReplyMessage: 'Away', externalReplyMessage: 'Away', scheduledStartDateTime: at('2026-02-01T00:00:00'),
        scheduledEndDateTime: at('2026-02-08T00:00:00'),
      },
    },
  },
  user: {
    typical: { mobilePhone: '+31 6 0000 0000' },
    maximal: {
      aboutMe: 'Buyer', birthday: '1990-01-01T00:00:00Z', businessPhones: ['+31 20 000 0000'], city: 'Amsterdam', companyName: 'Contoso', country: 'Netherlands', department: 'Buying',
      displayName: 'Adele Varga', employeeId: '17', employeeType: 'Employee', faxNumber: '+31 20 000 0001', givenName: 'Adele', hireDate: '2020-01-01T00:00:00Z', interests: ['Sailing'], jobTitle: 'Buyer',
      mobilePhone: '+31 6 0000 0000', mySite: 'https://contoso.example/adele', officeLocation: 'A1', otherMails: ['adele@fabrikam.example'], pastProjects: ['Move'], postalCode: '1015 CJ',
      preferredLanguage: 'nl-NL', preferredName: 'Adele', responsibilities: ['Contracts'], schools: ['Delft'], skills: ['Bargaining'], state: 'Noord-Holland', streetAddress: 'Keizersgracht 1',
      surname: 'Varga', usageLocation: 'NL',
    },
  },
  subscription: {
    typical: { changeType: 'created', notificationUrl: 'https://hooks.contoso.example/graph', resource: 'me/messages', expirationDateTime: '2026-12-03T09:00:00Z' },
    maximal: {
      changeType: 'created,updated,deleted', notificationUrl: 'https://hooks.contoso.example/graph', lifecycleNotificationUrl: 'https://hooks.contoso.example/lifecycle',
      resource: "me/mailFolders('inbox')/messages?$select=subject", expirationDateTime: '2026-12-03T09:00:00Z', clientState: 'c29tZS1zZWNyZXQ', includeResourceData: true,
      encryptionCertificate: 'MIIC', encryptionCertificateId: 'key-1', latestSupportedTlsVersion: 'v1_2', notificationQueryOptions: "$filter=isRead eq false", notificationUrlAppId: 'app-1',
    },
  },
};

/** What the service sets, by its documentation; beside these, `id`, `@odata.*` and what a link leads to. */
export const READ_ONLY = {
  message: 'changeKey createdDateTime lastModifiedDateTime bodyPreview conversationId conversationIndex hasAttachments isDraft parentFolderId receivedDateTime sentDateTime uniqueBody webLink',
  event: 'changeKey createdDateTime lastModifiedDateTime bodyPreview cancelledOccurrences hasAttachments iCalUId isCancelled isDraft isOrganizer onlineMeeting onlineMeetingUrl organizer '
    + 'originalEndTimeZone originalStart originalStartTimeZone responseStatus seriesMasterId type webLink calendar exceptionOccurrences instances',
  // The three addresses are those of `emailAddresses`.
  contact: 'changeKey createdDateTime lastModifiedDateTime primaryEmailAddress secondaryEmailAddress tertiaryEmailAddress photo',
  mailFolder: 'childFolderCount totalItemCount unreadItemCount childFolders messageRules messages parentFolderId isSupported',
  messageRule: 'hasError isReadOnly',
  attachment: 'lastModifiedDateTime size',
  calendar: 'allowedOnlineMeetingProviders canEdit canShare canViewPrivateItems changeKey isRemovable isTallyingResponses owner calendarPermissions calendarView events',
  calendarGroup: 'changeKey classId calendars',
  calendarPermission: 'allowedRoles',
  contactFolder: 'childFolders contacts',
  mailboxSettings: 'archiveFolder userPurpose',
  // And what only an administrator sets.
  user: 'deletedDateTime accountEnabled ageGroup assignedLicenses assignedPlans authorizationInfo consentProvidedForMinor createdDateTime creationType deviceEnrollmentLimit employeeHireDate '
    + 'employeeLeaveDateTime employeeOrgData externalUserState externalUserStateChangeDateTime identities identityParentId imAddresses isManagementRestricted isResourceAccount '
    + 'lastPasswordChangeDateTime legalAgeGroupClassification licenseAssignmentStates mail mailboxSettings mailNickname onPremisesDistinguishedName onPremisesDomainName '
    + 'onPremisesExtensionAttributes onPremisesImmutableId onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled '
    + 'onPremisesUserPrincipalName passwordPolicies passwordProfile preferredDataLocation print provisionedPlans proxyAddresses securityIdentifier serviceProvisioningErrors showInAddressList '
    + 'signInActivity signInSessionsValidFromDateTime userPrincipalName userType',
  subscription: 'applicationId creatorId',
};

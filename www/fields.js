// The only module that knows the names of the API's fields (here: Microsoft Graph). Views get plain objects. exo365
// returns responses unchanged; this module picks what a view needs, and `select` requests no more than that.
import { fromWall } from './time.js';

export const MESSAGE_ROW = [
  'subject',
  'from',
  'toRecipients',
  'receivedDateTime',
  'isRead',
  'isDraft',
  'hasAttachments',
  'importance',
  'bodyPreview',
];
export const MESSAGE = [...MESSAGE_ROW, 'ccRecipients', 'replyTo', 'body'];
export const EVENT = [
  'subject',
  'start',
  'end',
  'isAllDay',
  'isCancelled',
  'isOrganizer',
  'location',
  'organizer',
  'attendees',
  'responseStatus',
  'showAs',
  'type',
  'bodyPreview',
];
/** What the form of a meeting needs besides. */
export const EVENT_FORM = [...EVENT, 'body'];
export const CONTACT = [
  'displayName',
  'givenName',
  'surname',
  'companyName',
  'jobTitle',
  'emailAddresses',
  'mobilePhone',
  'businessPhones',
  'businessAddress',
  'personalNotes',
];

/** Folders that every mailbox has, by their well-known names, which are the same in every language. */
export const FOLDERS = [
  { name: 'inbox', label: 'Inbox', icon: 'inbox' },
  { name: 'drafts', label: 'Drafts', icon: 'pen', outgoing: true },
  { name: 'sentitems', label: 'Sent', icon: 'sent', outgoing: true },
  { name: 'archive', label: 'Archive', icon: 'archive' },
  { name: 'deleteditems', label: 'Deleted', icon: 'trash' },
];

/** Name and address of a recipient. Without a name, the address takes its place. */
export function person(recipient) {
  const { name, address = '' } = recipient?.emailAddress ?? {};
  return { name: name || address || 'Unknown', address };
}

export const messageOf = (raw) => ({
  id: raw.id,
  subject: raw.subject || '(no subject)',
  untitled: !raw.subject,
  from: person(raw.from),
  to: (raw.toRecipients ?? []).map(person),
  cc: (raw.ccRecipients ?? []).map(person),
  replyTo: (raw.replyTo ?? []).map(person),
  received: new Date(raw.receivedDateTime),
  preview: raw.bodyPreview ?? '',
  read: raw.isRead,
  draft: raw.isDraft,
  attachments: raw.hasAttachments,
  important: raw.importance === 'high',
  html: raw.body?.contentType === 'html',
  body: raw.body?.content ?? '',
});

export const folderOf = (raw) => ({ unread: raw.unreadItemCount, total: raw.totalItemCount });

export const attachmentOf = (raw) => ({
  id: raw.id,
  name: raw.name || 'attachment',
  type: raw.contentType,
  size: raw.size,
  inline: raw.isInline,
  contentId: raw.contentId,
  bytes: raw.contentBytes,
});

export const eventOf = (raw) => ({
  id: raw.id,
  subject: raw.subject || '(no subject)',
  start: fromWall(raw.start, raw.isAllDay),
  end: fromWall(raw.end, raw.isAllDay),
  allDay: raw.isAllDay,
  cancelled: raw.isCancelled,
  mine: raw.isOrganizer,
  place: raw.location?.displayName ?? '',
  organizer: person(raw.organizer),
  attendees: (raw.attendees ?? []).map((one) => ({ ...person(one), response: one.status?.response ?? 'none' })),
  answer: raw.responseStatus?.response ?? 'none',
  showAs: raw.showAs ?? 'busy',
  recurring: raw.type === 'occurrence' || raw.type === 'exception' || raw.type === 'seriesMaster',
  preview: raw.bodyPreview ?? '',
  html: raw.body?.contentType === 'html',
  body: raw.body?.content ?? '',
});

export const contactOf = (raw) => ({
  id: raw.id,
  name: raw.displayName || [raw.givenName, raw.surname].filter(Boolean).join(' ') || raw.companyName || '(no name)',
  given: raw.givenName ?? '',
  surname: raw.surname ?? '',
  company: raw.companyName ?? '',
  job: raw.jobTitle ?? '',
  emails: (raw.emailAddresses ?? []).map((one) => one.address).filter(Boolean),
  mobile: raw.mobilePhone ?? '',
  phones: raw.businessPhones ?? [],
  address: ['street', 'postalCode', 'city', 'state', 'countryOrRegion']
    .map((part) => raw.businessAddress?.[part])
    .filter(Boolean)
    .join(', '),
  notes: raw.personalNotes ?? '',
});

/** The changes that the form of a contact makes. Further addresses and numbers of the contact are kept. */
export function contactChanges(form, before) {
  const name = [form.given, form.surname].filter(Boolean).join(' ') || form.company;
  const keep = before?.emails.slice(1) ?? [];
  return {
    displayName: name,
    givenName: form.given || null,
    surname: form.surname || null,
    companyName: form.company || null,
    jobTitle: form.job || null,
    emailAddresses: [form.email, ...keep].filter(Boolean).map((address) => ({ address, name })),
    mobilePhone: form.mobile || null,
    businessPhones: [form.phone, ...(before?.phones.slice(1) ?? [])].filter(Boolean),
    personalNotes: form.notes || null,
  };
}

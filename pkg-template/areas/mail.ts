// Mail: messages, folders, rules, categories, the focused inbox.
import type {
  Attachment,
  Extension,
  InferenceClassificationOverride,
  MailFolder,
  Message,
  MessageRule,
  OutlookCategory,
} from '@microsoft/microsoft-graph-types';
import type { Api } from '../calls/api.ts';
import { below, path, type Path } from '../calls/path.ts';
import type { Attachments, Draft, Folders, Mail, Messages } from '../types.ts';
import { listed, required, verbs } from './verbs.ts';

/** The attachments of a message or an event. */
export function attachments(api: Api, path: Path): Attachments {
  const { collection, octets } = verbs(api);
  const own: Attachments = {
    ...collection<Attachment>(path),
    content: (id, options) => octets(below(path, '{}/$value', id), options, true),
    add: (file, options) => api.writing('add', path, own, file, options),
  };
  return own;
}

export function mail(api: Api): Mail {
  const { collection, get, octets, post } = verbs(api);

  const messages = (at: Path): Messages => {
    const own: Messages = {
      ...collection<Message, Draft>(at),
      send: (id, options) => post(path`messages/${id}/send`, options),
      reply: (...args) => api.writing('reply', ...args),
      createReply: (...args) => api.writing('createReply', ...args),
      forward: async (id, toRecipients, comment, options) =>
        post(path`messages/${id}/forward`, options, { ...required({ toRecipients }), comment }),
      createForward: (...args) => api.writing('createForward', ...args),
      move: async (id, destinationId, options) => post(path`messages/${id}/move`, options, required({ destinationId })),
      copy: async (id, destinationId, options) => post(path`messages/${id}/copy`, options, required({ destinationId })),
      mime: async (id, options) =>
        (await octets(path`messages/${id}/$value`, options)).slice(0, undefined, 'message/rfc822'),
      attachments: (id) => attachments(api, path`messages/${id}/attachments`),
      extensions: (id) => collection<Extension>(path`messages/${id}/extensions`),
      inlineImages: (id, options) => api.lazy('inlineImages', own.attachments(id), options),
    };
    return own;
  };

  const folders = (at: Path): Folders => {
    const own: Folders = {
      ...collection<MailFolder>(at),
      move: async (id, destinationId, options) =>
        post(path`mailFolders/${id}/move`, options, required({ destinationId })),
      copy: async (id, destinationId, options) =>
        post(path`mailFolders/${id}/copy`, options, required({ destinationId })),
      children: (id) => folders(path`mailFolders/${id}/childFolders`),
      tree: (options) => api.lazy('tree', own, options),
    };
    return own;
  };

  return {
    messages: messages(path`messages`),
    folders: folders(path`mailFolders`),
    folder: (id) => ({
      messages: messages(path`mailFolders/${id}/messages`),
      child: (child) => ({ messages: messages(path`mailFolders/${id}/childFolders/${child}/messages`) }),
      children: folders(path`mailFolders/${id}/childFolders`),
      rules: collection<MessageRule>(path`mailFolders/${id}/messageRules`),
    }),
    categories: collection<OutlookCategory>(path`outlook/masterCategories`),
    focusedInbox: {
      ...collection<InferenceClassificationOverride>(path`inferenceClassification/overrides`),
      classification: (options) => get(path`inferenceClassification`, options),
    },
    send: (...args) => api.writing('send', ...args),
    mailTips: (...args) => api.lazy('mailTips', ...args),
    translateIds: async (inputIds, sourceIdType, targetIdType, options) =>
      listed(post(path`translateExchangeIds`, options, required({ inputIds, sourceIdType, targetIdType }))),
  };
}

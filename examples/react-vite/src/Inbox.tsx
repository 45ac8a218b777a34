// The newest messages; a click marks one as read.
import { useCall, useExo365 } from 'exo365/react';
import { sentence } from './sentence';

export function Inbox() {
  const { client } = useExo365();
  const { data, error, loading, reload } = useCall((client, { signal }) =>
    client.mail.folder('inbox').messages.list({ select: ['id', 'subject', 'isRead'], top: 5, signal }),
  );
  const read = async (id: string) => {
    await client?.mail.messages.update(id, { isRead: true });
    reload();
  };
  if (error) return <p>{sentence(error)}</p>;
  return (
    <ul id="inbox" aria-busy={loading}>
      {data?.items.map(({ id, subject, isRead }) => (
        <li key={id} className={isRead ? 'read' : 'unread'}>
          <button type="button" onClick={() => read(id)}>
            {subject}
          </button>
        </li>
      ))}
    </ul>
  );
}

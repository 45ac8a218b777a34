// `using`, which TypeScript has since 5.2; no `lib` beside the page's is needed for it.
import { createClient } from 'exo365';

export async function endsWithItsBlock(): Promise<void> {
  using client = await createClient({
    endpoint: '/auth',
    timeZone: 'W. Europe Standard Time',
    bodyType: 'text',
    immutableIds: false,
    retries: 0,
    timeout: 5_000,
  });
  await client.mail.messages.list();
}

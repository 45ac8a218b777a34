/// <reference types="exo365/script" />
// A page that loads the script by a tag, without modules: the global has the values and the types.

async function start(): Promise<void> {
  const client: Exo365.Client = await Exo365.createClient({ endpoint: '/auth' });
  const { items } = await client.mail.messages.list({ filter: Exo365.filter`isRead eq ${false}`, select: ['subject'] });
  const ids: string[] = items.map(({ id }) => id);
  // @ts-expect-error: no such setting
  await Exo365.createClient({ endpont: '/auth' });
  // @ts-expect-error: no such name
  Exo365.createKlient;
  void ids;
}

function advice(error: unknown): Exo365.ErrorCode | undefined {
  return error instanceof Exo365.Exo365Error ? error.code : undefined;
}

addEventListener('load', () => start().catch((error) => console.error(advice(error))));

// Recipients and addresses: short forms, expanded whole or refused by the name of their field.
import type { Api } from '../calls/api.ts';

type Fields = Record<string, unknown>;

/** An object with its names in small letters, as Graph has them: `{ EmailAddress }` is `{ emailAddress }`. */
export const plainNames = (given: unknown): Fields =>
  Object.fromEntries(
    Object.entries((given ?? {}) as object).map(([name, value]) => [name[0]?.toLowerCase() + name.slice(1), value]),
  );

/** Several addresses in one text, an address with its name, or with a line of its own. */
const NOT_ALONE = /[<>;\p{Cc}]|@.*@/u;

/** `attendeeType` reads the type of an attendee. */
export function recipients(
  { spelled, invalidArgument }: Api,
  attendeeType: (given: unknown, field: string) => unknown,
) {
  const plain = (one: unknown) => (typeof one === 'string' ? { address: one } : plainNames(one));

  /** `{ name, address }`, which is the service's own form for a contact. */
  const address = (one: unknown, field: string): Fields => {
    const { name, address, ...rest } = plain(one);
    const named = (name ?? '') === '' || typeof name === 'string';
    const isAddress = typeof address === 'string' && address.trim() && !NOT_ALONE.test(address);
    if (!isAddress || !named || Object.keys(rest).length)
      throw invalidArgument(`\`${field}\` takes addresses or { name, address }`);
    return spelled({ ...(name !== undefined && { name }), address });
  };
  const recipient =
    (takesType: boolean) =>
    (one: unknown, field: string): Fields => {
      const { type, ...given } = plain(one);
      const typed = type !== undefined && { type: takesType ? attendeeType(type, `${field}.type`) : type };
      const { emailAddress, ...rest } = given as { emailAddress?: unknown };
      return emailAddress && typeof emailAddress === 'object' && !('address' in rest)
        ? spelled({ ...rest, ...typed, emailAddress: spelled(plainNames(emailAddress)) })
        : spelled({ emailAddress: address(takesType ? given : one, field), ...typed });
    };
  return { address, attendee: recipient(true), recipient: recipient(false) };
}

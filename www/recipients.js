// Recipients as text: `Ben Walker <ben@contoso.example>; carla@contoso.example`.

/** The recipients of a text: addresses, or names with addresses. */
export function recipients(text) {
  return text
    .split(/[;,\n]/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [, name, address] = /^(.*?)\s*<([^<>]+)>$/.exec(part) ?? [];
      return address ? { name: name.replace(/^"|"$/g, '') || address.trim(), address: address.trim() } : part;
    });
}

/** Marks the field as invalid where a part of it is not an e-mail address; the browser shows the message. */
export function checkRecipients(input) {
  const wrong = recipients(input.value).find((one) => !/^[^\s@<>]+@[^\s@<>]+$/.test(one.address ?? one));
  input.setCustomValidity(wrong ? `“${wrong.address ?? wrong}” is not an e-mail address.` : '');
}

/** The text of people with names and addresses. */
export const written = (people) =>
  people.map(({ name, address }) => (name === address ? address : `${name} <${address}>`)).join('; ');

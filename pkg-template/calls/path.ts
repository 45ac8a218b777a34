// Paths of operations, with their ids apart: core encodes the ids, and knows by the template which API flavour has the
// operation.

export interface Path {
  /**
   * Below the mailbox (`.` is its owner), or with a slash in front below the API's root. Each `{}` stands for an id.
   */
  readonly template: string;
  readonly ids: readonly string[];
}

/** path`messages/${id}/move` is { template: 'messages/{}/move', ids: [id] }. */
export const path = (texts: TemplateStringsArray, ...ids: string[]): Path => ({ template: texts.join('{}'), ids });

/** What lies below `parent`: `below(parent, '{}/children', id)`. */
export const below = (parent: Path, rest: string, ...ids: string[]): Path => ({
  template: `${parent.template}/${rest}`,
  ids: [...parent.ids, ...ids],
});

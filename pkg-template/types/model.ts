// Microsoft's types in the spelling of a flavour, and what a query leaves of them.

/**
 * Which API the client calls. Microsoft runs `graph` today; `outlook-v2` and `outlook-v1` are for the local tenant and
 * for Exchange servers that still answer them. Methods that a flavour does not have reject with `unsupported_by_api`.
 */
export type Flavor = 'graph' | 'outlook-v2' | 'outlook-v1';

/** Microsoft's type in the spelling of the flavour: `subject` in Graph, `Subject` in Outlook. */
export type Model<T, F extends Flavor> = F extends 'graph' ? T : Pascal<T>;

/** The names of its fields. */
export type Key<T, F extends Flavor = 'graph'> = keyof Model<T, F> & string;

/** An item as the service gives it: the id is there. */
export type Resource<T, F extends Flavor = 'graph'> = Model<T, F> &
  (F extends 'graph'
    ? {
        /** Id of the item. */
        id: string;
      }
    : {
        /** Id of the item. */
        Id: string;
      });

/**
 * An item of which the query selected the fields `S`. The id is there as well, but not for users, whom the directory
 * gives exactly as selected.
 */
export type Selected<T, F extends Flavor, S extends string> =
  Key<T, F> extends S
    ? Resource<T, F>
    : Pick<Resource<T, F>, Extract<S | (IsDirectoryObject<T> extends true ? never : IdOf<F>), keyof Resource<T, F>>>;

/** A changed item with the fields `S`. The id is always there. */
export type Changed<T, F extends Flavor, S extends string> =
  Key<T, F> extends S ? Resource<T, F> : Pick<Resource<T, F>, Extract<S | IdOf<F>, keyof Resource<T, F>>>;

/** The name of the id in this flavour. */
export type IdOf<F extends Flavor> = F extends 'graph' ? 'id' : 'Id';

/** Users, and what else comes from the directory: they have this field, and items of a mailbox do not. */
export type IsDirectoryObject<T> = 'deletedDateTime' extends keyof T ? true : false;

/**
 * A field that may be selected. `string` is any text: a query in a variable has lost the names. For any other text the
 * names that there are, so that the compiler's message suggests them.
 */
export type Field<T, F extends Flavor, S extends string> =
  | (S & (string extends S ? string : Key<T, F>))
  | (S extends Key<T, F> ? never : string extends S ? never : Key<T, F>);

/** All names of an object begin with a capital, at every depth. */
export type Pascal<T> = T extends readonly (infer U)[]
  ? Pascal<U>[]
  : T extends object
    ? { [K in keyof T as K extends string ? Capitalize<K> : K]: Pascal<T[K]> }
    : T;

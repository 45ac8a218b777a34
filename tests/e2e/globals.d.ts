// Globals of the journeys' pages, for the type check: a function that a test sends into a page sees them.

/** What `pages/page.js` sets: the package, and the client of the page. */
declare var sdk: typeof import('exo365');
declare var client: import('exo365').Client;
/** A second client of the page. */
declare var other: import('exo365').Client;
declare var ready: Promise<void>;
declare var failure: import('exo365').Exo365Error & Record<string, any>;

/** What a single test keeps in its page between two of its steps. */
declare var result: any;
/** Reasons of `signedout` and users of `signedin`, in the order of the events. */
declare var events: string[];
/** How calls ended: 'done', or the code of the error. */
declare var outcomes: string[];
/** For each `pageshow`: whether the page came out of the back/forward cache. */
declare var shows: boolean[];
/** Calls that went through a function that a later script replaced: its name and its arguments. */
declare var taken: [string, unknown][];
declare var twins: Promise<import('exo365').Client[]>;
declare var refused: import('exo365').Exo365Error;
declare var controller: AbortController;

/** A client's own `fetch`, what it was asked, as method and address, and the query that the page preloads. */
declare var own: typeof fetch;
declare var asked: string[];
declare var query: { select: readonly ['subject']; top: number };

/** Moves the page's clock. */
declare var jump: (hours: number) => void;

/** The worker of a page, how to call it, and the requests for a token that it made. */
declare var worker: Worker;
declare var tell: (name: string, argument?: unknown) => Promise<any>;
declare var tokenRequests: object[];
declare var waiting: Map<string, { resolve: (value: unknown) => void; reject: (error: Error) => void }>;

/** What axe-core sets in a page of the demo; and the states of a progress bar: its value and its words. */
declare var axe: typeof import('axe-core');
declare var seen: [number, string][];

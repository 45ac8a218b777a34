// Globals of the pages that are measured, for the type check.

/** What `apps/list.js` and `apps/get.js` set: each page is measured by calls from outside. */
declare var prepare: (name: string, options: { api: string; token: string }) => Promise<void>;
declare var measure: (input: any) => Promise<any>;
declare var measureAll: () => Promise<[took: number, found: number]>;
declare var measureMixed: (ids: string[]) => Promise<[took: number, failed: number]>;
/** When the first list was there, in milliseconds from the navigation's start (`load.mjs`). */
declare var shown: number;
/** What `apps/memory.js` sets, and the memory of its module. */
declare var prepareMemory: (timeout: number) => Promise<void>;
declare var makeCalls: (count: number) => Promise<Record<string, number>>;
declare var memory: WebAssembly.Memory;
/** Answers the page's requests in place of the network, once it is there. */
declare var answer: typeof fetch | undefined;

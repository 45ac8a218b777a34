// What a sample for a server finds there.
declare const process: { env: Record<string, string | undefined> };

// What the glue takes from session/platform.ts in place of the globals of these names.
export { crypto, fetch, pause, readJson, Response, runTask, within } from 'exo365:platform';

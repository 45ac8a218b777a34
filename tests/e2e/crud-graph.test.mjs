import { crud } from './crud.mjs';

crud('graph', {});

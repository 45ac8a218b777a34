// What the part that is loaded on first use needs of the other part: imported there, it would be downloaded twice.
import { booleanOption, fail, invalidArgument } from '../error.ts';
import { filter } from '../values/filter.ts';
import { list, walk } from './pages.ts';

export const tools = { booleanOption, fail, filter, invalidArgument, list, walk };

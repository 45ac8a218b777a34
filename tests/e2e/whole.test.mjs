import { whole } from './whole.mjs';

whole('direct');

import { whole } from './whole.mjs';

whole('proxy');

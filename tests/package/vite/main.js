import { createClient } from 'exo365';
import { show } from './show.js';

show(createClient({ endpoint: '/auth' }));

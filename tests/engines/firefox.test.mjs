import { firefox } from './drivers.mjs';
import { journey } from './journey.mjs';

journey('Firefox', () => firefox(process.env.FIREFOX));

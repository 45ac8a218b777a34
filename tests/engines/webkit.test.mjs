import { webkit } from './drivers.mjs';
import { journey } from './journey.mjs';

const { WEBKIT_DRIVER: driver, WEBKIT_BROWSER: browser, XVFB_RUN: xvfbRun } = process.env;
journey('WebKit', () => webkit({ driver, browser, xvfbRun }));

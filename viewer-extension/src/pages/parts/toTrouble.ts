import { pageStrings } from '../../client/pageStrings.js';
import { troubleIn } from '../../client/trouble.js';

/** What went wrong, in words. */
export const toTrouble = troubleIn(pageStrings.trouble);

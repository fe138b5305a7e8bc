import { strings } from '../client/strings.js';
import { troubleIn } from '../client/trouble.js';

/** What went wrong, in the reader's language. */
export const toTrouble = troubleIn(strings.trouble);

/**
 * What asking does not need: the cards, and what few readers open. Fetched when first shown, in one file, because
 * splitting costs compression (four files: 4 KiB more at the first load).
 */
import { addStyles } from '../addStyles.js';
import rules from '../later.css';

addStyles(rules);

export { ModelChoice } from '../ask/ModelChoice.js';
export { OutputOptions } from '../ask/OutputOptions.js';
export { PromptHints } from '../ask/PromptHints.js';
export { PromptSets } from '../ask/PromptSets.js';
export { RecentList } from '../ask/RecentList.js';
export { UnknownParts } from '../ask/UnknownParts.js';
export { UnreadableSeries } from '../ask/UnreadableSeries.js';
export { NewBox } from '../boxes/NewBox.js';
export { Browse } from '../browse/Browse.js';
export { JobCards } from '../cards/JobCards.js';
export { ClickSomething } from '../clicks/ClickSomething.js';
export { NewClicks } from '../clicks/NewClicks.js';
export { followSession } from '../session/followSession.js';
export { AccountLine } from './AccountLine.js';
export { KeysHelp } from './KeysHelp.js';

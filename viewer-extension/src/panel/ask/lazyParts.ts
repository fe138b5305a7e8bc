import { LazyPart } from '../Lazy.js';

/** What is not needed for every question. */
export const browse = new LazyPart(async () => (await import('../frame/later.js')).Browse);
export const modelChoice = new LazyPart(async () => (await import('../frame/later.js')).ModelChoice);
export const outputOptions = new LazyPart(async () => (await import('../frame/later.js')).OutputOptions);
export const promptHints = new LazyPart(async () => (await import('../frame/later.js')).PromptHints);
export const recentList = new LazyPart(async () => (await import('../frame/later.js')).RecentList);
export const promptSets = new LazyPart(async () => (await import('../frame/later.js')).PromptSets);
export const unknownParts = new LazyPart(async () => (await import('../frame/later.js')).UnknownParts);
export const unreadableSeries = new LazyPart(async () => (await import('../frame/later.js')).UnreadableSeries);

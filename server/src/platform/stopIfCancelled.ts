import { setImmediate } from 'node:timers/promises';
import { throwIfCancelled } from './errors.js';

/** Lets the event loop deliver an abort first. @throws PromptsegError `cancelled` */
export async function stopIfCancelled(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  throwIfCancelled(signal);
}

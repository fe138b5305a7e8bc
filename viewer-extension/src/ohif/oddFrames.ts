import type { ImageInstance, Managers } from './ohif.js';

/** What retrieves in our way already; OHIF keeps its data sources from mode to mode. */
const known = new WeakSet<object>();

/**
 * Lets OHIF draw segmentations of one bit per pixel whose frames begin within a byte: rows × columns is no multiple of
 * 8 (PS3.5 section 8.1.1). OHIF 3.13 retrieves a segmentation whole and cuts it at whole bytes, so that every frame but
 * each eighth comes out shifted. These it is made to ask for frame by frame, as it does itself where the whole cannot
 * be had: the server hands each out from a byte on.
 */
export function fetchOddFramesOneByOne({ extensionManager }: Managers): void {
  for (const { retrieve } of extensionManager.getActiveDataSource()) {
    const whole = retrieve.prefetchInstanceFrames;
    if (whole === undefined || known.has(retrieve)) continue;
    known.add(retrieve);
    retrieve.prefetchInstanceFrames = (asked) => (beginsWithinByte(asked.instance) ? undefined : whole(asked));
  }
}

const beginsWithinByte = ({ BitsAllocated, Rows = 0, Columns = 0 }: Partial<ImageInstance> = {}): boolean =>
  BitsAllocated === 1 && (Rows * Columns) % 8 !== 0;

import type { DisplaySet, Managers } from './ohif.js';

/** What the panel takes over, and returns whether it did. */
export type TakeOver = (seriesInstanceUID: string, kind: 'segmentation' | 'rt-structure-set') => boolean;

interface StoreOptions {
  readonly segmentationId: string;
  readonly modality?: string;
}

const command = 'storeSegmentation';
const context = 'CORNERSTONE';

/**
 * Leads "Export" in OHIF's list of segmentations, which would store a segmentation without its codes and without its
 * predecessor, to the panel; what is none of the panel's, OHIF stores as ever. To be called once.
 */
export function takeOverStoring({ commandsManager, servicesManager }: Managers, take: TakeOver): void {
  const own = commandsManager.getCommand?.(command, context);
  if (own === undefined) return;
  const { displaySetService } = servicesManager.services;
  commandsManager.registerCommand?.(context, command, {
    ...own,
    commandFn(options) {
      const { segmentationId, modality } = options as unknown as StoreOptions;
      const stored: DisplaySet | undefined = displaySetService.getDisplaySetByUID(segmentationId);
      const kind = modality === 'RTSTRUCT' ? 'rt-structure-set' : 'segmentation';
      return stored !== undefined && take(stored.SeriesInstanceUID, kind) ? undefined : own.commandFn(options);
    },
  });
}

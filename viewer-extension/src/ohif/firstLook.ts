import type { HangingProtocol, HangingProtocolService, ProtocolViewport } from './ohif.js';

/** Id of the hanging protocol of our mode. */
export const firstLookId = '@promptseg/first-look';

/** The viewer's protocols that it may be like, best first; every OHIF has the last. */
const models = ['@ohif/mnGrid', 'default'];

/**
 * Adds a hanging protocol like that of the viewer's segmentation mode, but every series opens on its middle image. The
 * first one often shows nothing but air, and a series without a window gets the one of the image that opens. Does
 * nothing if it was added before.
 */
export function addFirstLook(service: HangingProtocolService): void {
  if (protocolOf(service, firstLookId) !== undefined) return;
  const model = models.map((id) => protocolOf(service, id)).find((protocol) => protocol !== undefined);
  if (model !== undefined) service.addProtocol(firstLookId, inTheMiddle(model));
}

/** OHIF throws if it does not know the id. */
function protocolOf(service: HangingProtocolService, id: string): HangingProtocol | undefined {
  try {
    return service.getProtocolById(id);
  } catch {
    return undefined;
  }
}

function inTheMiddle(protocol: HangingProtocol): HangingProtocol {
  const { stages, defaultViewport } = protocol;
  return {
    ...protocol,
    id: firstLookId,
    stages: stages.map((stage) => ({ ...stage, viewports: stage.viewports.map(onMiddleImage) })),
    ...(defaultViewport && { defaultViewport: onMiddleImage(defaultViewport) }),
  };
}

const onMiddleImage = (viewport: ProtocolViewport): ProtocolViewport => ({
  ...viewport,
  viewportOptions: { ...viewport.viewportOptions, initialImageOptions: { preset: 'middle' } },
});

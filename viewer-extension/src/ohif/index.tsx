import { nameServer } from '../client/server.js';
import { addPanelStyles } from '../panel/frame/createPanel.js';
import { addFirstLook } from './firstLook.js';
import { createPanelModule } from './getPanelModule.js';
import { extensionId, panelId } from './id.js';
import { fetchOddFramesOneByOne } from './oddFrames.js';
import type { Managers } from './ohif.js';
import { type TakeOver, takeOverStoring } from './ownStoring.js';

let closeStudy: (() => void) | undefined;
/** Leads OHIF's own storing to the panel, once: at the first mode all extensions have added their commands. */
let takeOver: TakeOver | undefined;

/** The OHIF extension: one panel that turns text into segmentations. */
const extension = {
  id: extensionId,

  /** @param configuration in OHIF's own way: the entry of `extensions` is a pair of this object and its settings */
  preRegistration({ configuration = {} }: { readonly configuration?: { readonly server?: string } } = {}): void {
    if (configuration.server !== undefined) nameServer(configuration.server);
    addPanelStyles();
  },

  getPanelModule(managers: Managers) {
    const panelModule = createPanelModule(managers);
    ({ closeStudy, takeOver } = panelModule);
    return panelModule.panels;
  },

  /** In OHIF's own modes, which know nothing of the panel, it is one more tab on the right. */
  onModeEnter(managers: Managers): void {
    fetchOddFramesOneByOne(managers);
    if (takeOver !== undefined) takeOverStoring(managers, takeOver);
    takeOver = undefined;
    const { panelService, hangingProtocolService } = managers.servicesManager.services;
    addFirstLook(hangingProtocolService);
    if (!panelService.getPanels('right').some(({ id }) => id === panelId)) panelService.addPanel('right', panelId);
  },

  /** OHIF drops its display sets and overlays when a study is left. */
  onModeExit(): void {
    closeStudy?.();
  },
};

export default extension;

import { strings } from '../client/strings.js';
import { firstLookId } from './firstLook.js';
import { extensionId, panelId } from './id.js';

const labelmapPanel = '@ohif/extension-cornerstone.panelModule.panelSegmentationWithToolsLabelMap';

/** In pixels; OHIF's own right panels have 280. Narrower ones are one drag away. */
const panelWidth = 360;

/**
 * OHIF's own buttons for SAM. They fetch 200 MB from huggingface.co once they are pressed, which the server's Content
 * Security Policy refuses.
 */
const foreignButtons = ['LabelmapSlicePropagation', 'MarkerLabelmap'];

/** The part of an OHIF mode instance that is built upon here. */
interface ModeInstance {
  readonly onModeEnter: (context: ModeContext) => void;
  readonly routes: readonly [{ layoutTemplate(route: unknown): Layout }];
}

interface ModeContext {
  readonly servicesManager: {
    readonly services: { readonly toolbarService: { removeButton(id: string): void } };
  };
}

interface Layout {
  readonly id: string;
  readonly props: object;
}

interface ModeModule {
  modeFactory(options: { readonly modeConfiguration: object }): ModeInstance | Promise<ModeInstance>;
}

/**
 * OHIF's own segmentation mode with our panel stacked above its list of segments. Loaded by URL at run time, so it
 * imports nothing of OHIF and builds on the modes that the running viewer brings.
 */
const mode = {
  id: '@promptseg/mode-segment-by-text',
  extensionDependencies: { [extensionId]: '^0.2.0' },

  async modeFactory({
    loadModules,
  }: {
    loadModules(ids: readonly string[]): Promise<readonly [ModeModule, ModeModule]>;
  }) {
    const [segmentation, basic] = await loadModules(['@ohif/mode-segmentation', '@ohif/mode-basic']);
    const base = await segmentation.modeFactory({ modeConfiguration: {} });
    // The segmentation mode's own onModeEnter switches to another tab as soon as a segmentation appears.
    const { onModeEnter, ...ofBasic } = await basic.modeFactory({ modeConfiguration: {} });
    const [route] = base.routes;
    return {
      // What that onModeEnter reads, where the segmentation mode has none of it (OHIF 3.12: toolbar buttons).
      ...ofBasic,
      // The basic mode is for others to build on and kept out of the worklist; this one belongs into it.
      hide: false,
      ...base,
      id: mode.id,
      routeName: 'segment-by-text',
      displayName: strings.title,
      // A list: the one protocol of a string is looked up before the extension has added it.
      hangingProtocol: [firstLookId],
      onModeEnter(context: ModeContext) {
        onModeEnter.call(this, context);
        const { toolbarService } = context.servicesManager.services;
        for (const id of foreignButtons) toolbarService.removeButton(id);
      },
      routes: [
        {
          ...route,
          layoutTemplate(shown: unknown) {
            const { id, props } = route.layoutTemplate(shown);
            return {
              id,
              props: { ...props, rightPanels: [[panelId, labelmapPanel]], rightPanelInitialExpandedWidth: panelWidth },
            };
          },
        },
      ],
    };
  },
};

export default mode;

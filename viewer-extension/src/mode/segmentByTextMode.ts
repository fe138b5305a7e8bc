import { extensionId, panelId } from '../id.js';
import { strings } from '../strings.js';

const labelmapPanel = '@ohif/extension-cornerstone.panelModule.panelSegmentationWithToolsLabelMap';

/** The part of an OHIF mode instance that is built upon here. */
interface ModeInstance {
  readonly onModeEnter: (context: unknown) => void;
  readonly routes: readonly [
    {
      readonly layoutInstance: {
        readonly id: string;
        readonly props: { readonly leftPanels: readonly unknown[]; readonly viewports: readonly unknown[] };
      };
    },
  ];
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
  extensionDependencies: { [extensionId]: '^0.1.0' },

  async modeFactory({
    loadModules,
  }: {
    loadModules(ids: readonly string[]): Promise<readonly [ModeModule, ModeModule]>;
  }) {
    const [segmentation, basic] = await loadModules(['@ohif/mode-segmentation', '@ohif/mode-basic']);
    const base = await segmentation.modeFactory({ modeConfiguration: {} });
    // The segmentation mode's own onModeEnter switches to another tab as soon as a segmentation appears.
    const { onModeEnter } = await basic.modeFactory({ modeConfiguration: {} });
    const [route] = base.routes;
    const { id, props } = route.layoutInstance;
    return {
      ...base,
      id: mode.id,
      routeName: 'segment-by-text',
      displayName: strings.title,
      onModeEnter,
      routes: [
        {
          ...route,
          layoutTemplate: () => ({
            id,
            props: {
              ...props,
              leftPanels: [...props.leftPanels],
              viewports: [...props.viewports],
              rightPanels: [[panelId, labelmapPanel]],
            },
          }),
        },
      ],
    };
  },
};

export default mode;

/** The extension's id, which OHIF also uses as the prefix of its modules' ids; equal to the name in package.json. */
export const extensionId = '@promptseg/viewer-extension';

export const panelName = 'segmentByText';

/** How modes and customizations name the panel. */
export const panelId = `${extensionId}.panelModule.${panelName}`;

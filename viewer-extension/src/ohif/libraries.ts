import type { CornerstoneLibraries, Managers } from './ohif.js';

const cornerstoneModule = '@ohif/extension-cornerstone.utilityModule.common';

/** The libraries that the running viewer uses; undefined where its cornerstone extension does not give them. */
export const runningLibraries = ({ extensionManager }: Managers): CornerstoneLibraries | undefined =>
  extensionManager.getModuleEntry?.(cornerstoneModule)?.exports.getCornerstoneLibraries();

/** Cornerstone makes up a name for images that state no frame of reference. */
export const isUid = (uid: string | undefined): uid is string => uid !== undefined && /^[\d.]{1,64}$/.test(uid);

/** Downloads the prebuilt OHIF and prints its folder, for `promptseg serve --viewer`. */
import { exitWith } from './setup/steps.mjs';
import { setUpViewer } from './setup/viewer.mjs';

try {
  console.log(await setUpViewer());
} catch (error) {
  exitWith(error);
}

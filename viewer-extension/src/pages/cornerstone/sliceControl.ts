import * as core from '@cornerstonejs/core';
import { strings } from './strings.js';

/**
 * The name, window and position of a viewport, and a slider to turn its images by keyboard.
 * @param element the viewport's; the control follows what it renders
 */
export function createSliceControl(
  engine: core.RenderingEngine,
  element: HTMLElement,
  viewportId: string,
): HTMLElement {
  const control = document.createElement('div');
  control.className = 'slice-control';
  const name = (strings.viewports as Readonly<Record<string, string>>)[viewportId] ?? viewportId;
  const text = document.createElement('span');
  const slider = document.createElement('input');
  slider.type = 'range';
  slider.min = '1';
  slider.setAttribute('aria-label', strings.slice(name));
  control.append(text, slider);

  element.addEventListener(core.Enums.Events.IMAGE_RENDERED, () => {
    const viewport = engine.getViewport(viewportId) as core.StackViewport | core.VolumeViewport | undefined;
    if (viewport === undefined) return;
    const [at, of] = [viewport.getSliceIndex() + 1, viewport.getNumberOfSlices()];
    // A volume that has not arrived has none.
    const { voiRange } = (viewport.getProperties() ?? {}) as core.Types.StackViewportProperties;
    const { windowWidth, windowCenter } = core.utilities.windowLevel.toWindowLevel(
      voiRange?.lower ?? 0,
      voiRange?.upper ?? 0,
    );
    text.textContent = [
      name,
      strings.position(at, of),
      strings.window(Math.round(windowWidth), Math.round(windowCenter)),
    ].join(' · ');
    slider.max = String(of);
    slider.value = String(at);
  });
  slider.addEventListener('input', () => {
    const viewport = engine.getViewport(viewportId);
    if (viewport !== undefined)
      void core.utilities.jumpToSlice(viewport.element, { imageIndex: Number(slider.value) - 1 });
  });
  return control;
}

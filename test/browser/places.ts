import type { Page } from 'playwright-core';
import { until } from '../support/until.js';

/** A place of the patient: LPS, mm. */
export type Place = readonly [number, number, number];

/** What OHIF's cornerstone extension puts on `window`, as far as it is needed here. */
interface OhifViews {
  readonly services: {
    readonly viewportGridService: { getState(): { readonly viewports: ReadonlyMap<string, unknown> } };
    readonly cornerstoneViewportService: {
      getCornerstoneViewport(id: string): {
        readonly type: string;
        readonly element: HTMLElement;
        worldToCanvas(place: readonly number[]): readonly [number, number];
        getCamera(): { readonly viewPlaneNormal: readonly number[] };
      };
    };
  };
  readonly commandsManager: { runCommand(name: string, options: object): unknown };
}

/** Where a place is on screen, in the first view whose normal is along this axis. */
export const onScreen = (page: Page, place: Place, axis: 0 | 1 | 2): Promise<{ x: number; y: number }> =>
  page.evaluate(
    ([at, along]) => {
      const { viewportGridService, cornerstoneViewportService } = (window as unknown as OhifViews).services;
      const views = [...viewportGridService.getState().viewports.keys()].map((id) =>
        cornerstoneViewportService.getCornerstoneViewport(id),
      );
      const view = views.find((each) => Math.abs(each.getCamera().viewPlaneNormal[along]!) > 0.9)!;
      const { left, top } = view.element.querySelector('canvas')!.getBoundingClientRect();
      const [x, y] = view.worldToCanvas(at);
      return { x: left + x, y: top + y };
    },
    [place, axis] as const,
  );

/** OHIF's three planes through the volume. */
export async function showPlanes(page: Page): Promise<void> {
  await page.evaluate(() =>
    (window as unknown as OhifViews).commandsManager.runCommand('toggleHangingProtocol', { protocolId: 'mpr' }),
  );
  await until(() =>
    page.evaluate(() => {
      const { viewportGridService, cornerstoneViewportService } = (window as unknown as OhifViews).services;
      const ids = [...viewportGridService.getState().viewports.keys()];
      // One that is not there yet is undefined.
      const types = ids.map((id) => cornerstoneViewportService.getCornerstoneViewport(id)?.type);
      return types.filter((type) => type === 'orthographic').length === 3;
    }),
  );
}

import type { RegionPrompt } from '../../../server/contract/imagePrompts.js';
import type { ToolDrawing, Viewport } from './ohif.js';
import { isOnSlice } from './viewPlane.js';

const radius = 8;
const arm = 4;

/** What a tool of Cornerstone draws with, over one view. */
interface Canvas {
  readonly drawing: ToolDrawing;
  readonly viewport: Viewport;
  readonly helper: object;
  readonly toolName: string;
}

/**
 * Draws a click as a disc with a sign, a scribble or lasso as a line that begins with one; white outlines keep them
 * apart from any image.
 *
 * @param number of the prompt, in order: its own for what is drawn
 * @returns whether it is on the slice that the view shows
 */
export function drawMark(canvas: Canvas, prompt: RegionPrompt, number: number): boolean {
  const { drawing, viewport, helper, toolName } = canvas;
  const points = pointsOf(prompt);
  if (!points.every((place) => isOnSlice(viewport, place))) return false;
  const drawn = points.map((place) => viewport.worldToCanvas?.(place));
  const [center] = drawn;
  if (center === undefined || !drawn.every((point) => point !== undefined)) return false;
  const colour = prompt.part ? '#15803d' : '#b91c1c';
  if (drawn.length > 1) {
    const line = prompt.kind === 'lasso' ? [...drawn, center] : drawn;
    drawing.drawPolyline(helper, toolName, `${number} edge`, line, { color: '#ffffff', width: 4 });
    drawing.drawPolyline(helper, toolName, `${number} line`, line, { color: colour, width: 2.5 });
  }
  const [x, y] = center;
  drawing.drawCircle(helper, toolName, `${number}`, center, radius, { color: '#ffffff', fill: colour, width: 1.5 });
  const sign = { color: '#ffffff', width: 2 };
  drawing.drawLine(helper, toolName, `${number} across`, [x - arm, y], [x + arm, y], sign);
  if (prompt.part) drawing.drawLine(helper, toolName, `${number} down`, [x, y - arm], [x, y + arm], sign);
  return true;
}

function pointsOf(prompt: RegionPrompt) {
  if (prompt.kind === 'click') return [prompt.place];
  return prompt.kind === 'scribble' ? prompt.line : prompt.outline;
}

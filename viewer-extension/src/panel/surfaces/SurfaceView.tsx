import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { laterStrings } from '../../client/laterStrings.js';
import { language } from '../../client/strings/language.js';
import type { Host, ShownResult } from '../host.js';
import type { JobResult } from '../results/results.js';
import { shownOf } from '../results/shownResults.js';
import { mayShowFace } from './faceCodes.js';
import { createScene, type Scene, type Side } from './scene.js';
import { surfaceOf } from './surfaceOf.js';

const texts = laterStrings.space;
const sides: readonly Side[] = ['front', 'left', 'top'];

export interface SurfaceViewProps {
  readonly host: Host;
  /** The results that are in the viewer. */
  readonly drawn: readonly JobResult[];
  readonly shown: readonly ShownResult[];
  readonly onClose: () => void;
}

/**
 * The structures that are shown, as surfaces in space, in the place of the viewports; the images are not in it. Where a
 * surface may be that of a face, it is drawn only when somebody asks for it.
 */
export function SurfaceView({ host, drawn, shown, onClose }: SurfaceViewProps) {
  const area = useRectangle(host);
  const canvas = useRef<HTMLDivElement>(null);
  const scene = useScene(canvas);
  const [withFaces, setWithFaces] = useState(false);
  const visible = useMemo(() => visibleIn(drawn, shown), [drawn, shown]);
  const heldBack = withFaces ? [] : visible.filter(({ target }) => mayShowFace(target));
  const wanted = visible.filter((structure) => !heldBack.includes(structure));
  const left = useSurfaces(scene, wanted, host);
  useEffect(() => canvas.current?.focus(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: its size follows that of the area
  useEffect(() => scene?.resize(), [scene, area?.width, area?.height]);
  if (area === undefined) return null;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') return;
    // The viewer turns slices by them.
    event.stopPropagation();
    if (event.key === 'Escape') onClose();
    if (event.target === canvas.current && scene !== undefined && act(event.key, scene)) event.preventDefault();
  };
  const showAll = () => {
    setWithFaces(true);
    // The button goes, and the keys with it.
    canvas.current?.focus();
  };
  const { left: x, top: y, width, height } = area;
  return createPortal(
    <section
      className="promptseg promptseg-space"
      aria-label={texts.region}
      lang={language}
      style={{ left: x, top: y, width, height }}
      onKeyDown={onKeyDown}
      data-promptseg="space"
      data-busy={left > 0}
    >
      <header>
        <h3>{texts.title}</h3>
        <span className="promptseg-fine">{texts.hint}</span>
        <div className="promptseg-buttons">
          {sides.map((side) => (
            <button key={side} type="button" className="promptseg-plain" onClick={() => scene?.lookFrom(side)}>
              {texts.sides[side]}
            </button>
          ))}
          <button type="button" className="promptseg-primary" onClick={onClose} data-promptseg="leave-space">
            {texts.back}
          </button>
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys turn it */}
      <div ref={canvas} className="promptseg-scene" role="img" aria-label={texts.scene(nameAll(wanted))} tabIndex={0} />
      <footer>
        {left > 0 && <p role="status">{texts.busy(left)}</p>}
        {visible.length === 0 && <p role="status">{texts.nothing}</p>}
        {heldBack.length > 0 && (
          <p data-promptseg="held-back">
            {texts.heldBack(nameAll(heldBack))}{' '}
            <button type="button" className="promptseg-link" onClick={showAll}>
              {texts.showAnyway}
            </button>
          </p>
        )}
      </footer>
    </section>,
    document.body,
  );
}

interface Structure {
  readonly key: string;
  readonly seriesInstanceUID: string;
  readonly segmentNumber: number;
  readonly target: JobResult['findings'][number]['target'];
}

function visibleIn(drawn: readonly JobResult[], shown: readonly ShownResult[]): readonly Structure[] {
  return drawn.flatMap((result) => {
    const { seriesInstanceUID } = result.stored;
    const hidden = shownOf(result, shown)?.hiddenSegments ?? [];
    return result.findings.flatMap(({ segmentNumber, target }) =>
      hidden.includes(segmentNumber)
        ? []
        : [{ key: `${seriesInstanceUID} ${segmentNumber}`, seriesInstanceUID, segmentNumber, target }],
    );
  });
}

const nameAll = (structures: readonly Structure[]): string => structures.map(({ target }) => target.name).join(', ');

/** By how many degrees an arrow key turns, to the right and upwards. */
const turns: Readonly<Record<string, readonly [right: number, up: number]>> = {
  ArrowLeft: [-15, 0],
  ArrowRight: [15, 0],
  ArrowUp: [0, 15],
  ArrowDown: [0, -15],
};
const zooms: Readonly<Record<string, number>> = { '+': 1.2, '-': 1 / 1.2 };

/** What a key does with the scene. @returns whether it does something */
function act(key: string, scene: Scene): boolean {
  const [turn, zoom] = [turns[key], zooms[key]];
  if (turn !== undefined) scene.turn(...turn);
  if (zoom !== undefined) scene.zoom(zoom);
  return turn !== undefined || zoom !== undefined;
}

/** Where the viewports are in the window. */
function useRectangle(host: Host): DOMRect | undefined {
  const [rectangle, setRectangle] = useState(() => host.viewArea?.()?.getBoundingClientRect());
  useLayoutEffect(() => {
    const area = host.viewArea?.();
    if (area === undefined) return;
    const measure = () => setRectangle(area.getBoundingClientRect());
    const observer = new ResizeObserver(measure);
    observer.observe(area);
    window.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, [host]);
  return rectangle;
}

function useScene(container: RefObject<HTMLElement>): Scene | undefined {
  const [scene, setScene] = useState<Scene>();
  useEffect(() => {
    if (container.current === null) return;
    const made = createScene(container.current);
    setScene(made);
    return () => made.close();
  }, [container]);
  return scene;
}

/** Draws the structures, one after the other. @returns how many are still to come */
function useSurfaces(scene: Scene | undefined, structures: readonly Structure[], { pixels }: Host): number {
  const done = useRef(new Set<string>());
  const [left, setLeft] = useState(structures.length);
  const keys = structures.map(({ key }) => key).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the keys stand for the structures
  useEffect(() => {
    if (scene === undefined || pixels === undefined) return;
    const wanted = new Set(structures.map(({ key }) => key));
    scene.keepOnly(wanted);
    for (const key of done.current) if (!wanted.has(key)) done.current.delete(key);
    const missing = structures.filter(({ key }) => !done.current.has(key));
    let isOver = false;
    const draw = async () => {
      for (const [place, { key, seriesInstanceUID, segmentNumber, target }] of missing.entries()) {
        setLeft(missing.length - place);
        // What is said is drawn before the next surface is worked out.
        await new Promise((resolve) => setTimeout(resolve, 30));
        if (isOver) return;
        const isFirst = done.current.size === 0;
        const surface = surfaceOf(pixels(seriesInstanceUID), segmentNumber);
        if (surface !== undefined) scene.put(key, { ...surface, colour: target.displayColour });
        done.current.add(key);
        if (isFirst) scene.lookFrom('front');
      }
      // All of them are in sight, as they come into it.
      if (missing.length > 1 && missing.length === structures.length) scene.lookFrom('front');
      setLeft(0);
    };
    void draw();
    return () => {
      isOver = true;
    };
  }, [scene, keys, pixels]);
  return left;
}

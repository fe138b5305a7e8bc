import { type ChildProcessByStdio, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, it } from '@jest/globals';
import type { SourceImage } from '../../server/src/values/volume.js';

const run = promisify(execFile);

/** `it` if the tool is there, else a skipped test and a warning. */
function itWith(tool: string, isThere: boolean): typeof it.skip {
  if (!isThere) console.warn(`SKIPPED: ${tool} is not there, so what it says of our results is not tested.`);
  return isThere ? it : it.skip;
}

function isInstalled(tool: string): boolean {
  try {
    execFileSync('which', [tool], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A Python interpreter with the packages highdicom and dcmqi. */
const python = process.env.PROMPTSEG_PYTHON;

export const itWithDciodvfy: typeof it.skip = itWith('dciodvfy (dicom3tools)', isInstalled('dciodvfy'));
export const itWithDcmdump: typeof it.skip = itWith('dcmdump (dcmtk)', isInstalled('dcmdump'));
export const itWithPython: typeof it.skip = itWith(
  'PROMPTSEG_PYTHON, a Python with highdicom and dcmqi,',
  python !== undefined,
);

/** dciodvfy's warnings that are no fault of ours: values that the source has, a coding scheme of our own. */
const expectedWarnings = [
  /<\/(PatientName|ReferringPhysicianName)\b.*Retired Person Name form/,
  /<\/Study(ID|Date|Time)\b.*needed to build DICOMDIR/,
  /Unrecognized defined term = <99PROMPTSEG(USER)?>/,
];

/** What dciodvfy finds. It writes to standard error, and its exit status follows from what it finds. */
export async function dciodvfy(file: string): Promise<{ errors: string[]; warnings: string[] }> {
  const { stderr } = await run('dciodvfy', ['-new', file], { maxBuffer: 2 ** 28 }).catch(
    (failure: { stderr?: string }) => {
      if (!failure.stderr) throw failure;
      return { stderr: failure.stderr };
    },
  );
  const lines = stderr.split('\n');
  return {
    errors: lines.filter((line) => line.startsWith('Error')),
    warnings: lines.filter(
      (line) => line.startsWith('Warning') && !expectedWarnings.some((expected) => expected.test(line)),
    ),
  };
}

/** What dcmtk's dcmdump prints of one attribute, and its complaints. */
export const dcmdump = (file: string, keyword: string): Promise<{ stdout: string; stderr: string }> =>
  run('dcmdump', ['+P', keyword, '+s', file]);

/** A segment as highdicom reads it, see read_with_highdicom.py. */
export interface HighdicomSegment {
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly modifiers: readonly string[];
  readonly sha256: string;
  readonly centroid: readonly number[] | null;
}

/** @param sourceImages in the order of their slices */
export async function readWithHighdicom(
  file: string,
  sourceImages: readonly SourceImage[],
): Promise<HighdicomSegment[]> {
  const sourcesFile = `${file}.sources.json`;
  await writeFile(sourcesFile, JSON.stringify(sourceImages));
  return runScript('read_with_highdicom.py', [file, sourcesFile]);
}

/** A segment as dcmqi reads it, see read_with_dcmqi.py. */
export interface DcmqiSegment {
  readonly label: string;
  readonly voxels: number;
  readonly centroid: readonly number[];
  readonly slices: readonly string[];
}

export async function readWithDcmqi(file: string): Promise<DcmqiSegment[]> {
  return runScript('read_with_dcmqi.py', [file, await mkdtemp(`${file}.dcmqi-`)]);
}

/** A segmentation frame by frame as highdicom reads it, see read_frames_with_highdicom.py. */
export interface HighdicomFrames {
  readonly type: string;
  readonly segments: readonly (readonly [number: number, label: string])[];
  readonly frames: readonly { readonly segment: number | null; readonly sha256: string }[];
}

export const readFramesWithHighdicom = (files: readonly string[]): Promise<HighdicomFrames[]> =>
  runScript('read_frames_with_highdicom.py', files);

/** A segmentation of a slide as highdicom reads it, see read_slide_with_highdicom.py. */
export interface HighdicomSlide {
  readonly matrix: readonly number[];
  readonly origin: readonly number[];
  readonly orientation: readonly number[];
  readonly frameOfReferenceUID: string;
  readonly segments: readonly { readonly label: string; readonly sha256: string; readonly greatestOffset: number }[];
}

export const readSlideWithHighdicom = (file: string): Promise<HighdicomSlide> =>
  runScript('read_slide_with_highdicom.py', [file]);

/** A measurement report as highdicom reads it, see read_report_with_highdicom.py. */
export interface HighdicomReport {
  readonly class: string;
  readonly observer: readonly string[];
  readonly groups: readonly {
    readonly trackingIdentifier: string;
    readonly trackingUID: string;
    readonly category: string;
    readonly finding: string;
    readonly sites: readonly { readonly site: string; readonly laterality: string | null }[];
    readonly sopInstanceUID: string;
    readonly segmentNumber: number;
    readonly sourceSeries: string | null;
    readonly measurements: readonly {
      readonly name: string;
      readonly modifiers: readonly string[];
      readonly value: number;
      readonly unit: string;
    }[];
  }[];
}

export const readReportWithHighdicom = (file: string): Promise<HighdicomReport> =>
  runScript('read_report_with_highdicom.py', [file]);

/** The measurement groups that dcmqi's tid1500reader, beside the Python interpreter, reads in a report. */
export async function readReportWithDcmqi(file: string): Promise<readonly { readonly TrackingIdentifier: string }[]> {
  const output = `${file}.dcmqi.json`;
  const reader = path.join(path.dirname(python ?? ''), 'tid1500reader');
  await run(reader, ['--inputDICOM', file, '--outputMetadata', output]);
  return JSON.parse(await readFile(output, 'utf8')).Measurements;
}

/** A ROI of a structure set filled by Pillow, see rasterize_structure_set.py. */
export interface RasterizedROI {
  readonly name: string;
  readonly color: readonly number[];
  readonly interpretedType: string;
  readonly contours: number;
  readonly voxels: number;
  readonly sha256: string;
  readonly offPlane: number;
}

/** @param sourceImages in the order of their slices; their files are in the folder */
export async function rasterizeStructureSet(
  file: string,
  folder: string,
  sourceImages: readonly SourceImage[],
): Promise<RasterizedROI[]> {
  const sourcesFile = `${file}.sources.json`;
  await writeFile(sourcesFile, JSON.stringify(sourceImages));
  return runScript('rasterize_structure_set.py', [file, folder, sourcesFile]);
}

/** What pydicom and Pillow make of a presentation state, see rasterize_presentation_state.py. */
export interface RasterizedPresentation {
  /** Displayed area: left, top, right and bottom. */
  readonly area: readonly number[];
  readonly layers: readonly {
    readonly description: string;
    readonly lab: readonly number[] | null;
    readonly pixels: number;
    readonly sha256: string;
  }[];
}

/** @param sourceImages in the order of their slices */
export async function rasterizePresentationState(
  file: string,
  sourceImages: readonly SourceImage[],
): Promise<RasterizedPresentation> {
  const sourcesFile = `${file}.sources.json`;
  await writeFile(sourcesFile, JSON.stringify(sourceImages));
  return runScript('rasterize_presentation_state.py', [file, sourcesFile]);
}

/**
 * The grey values of an image as dcmtk shows it, 0–255 row by row: through a presentation state, or else with its own
 * first window.
 */
export async function shownByDcmtk(image: string, presentationState?: string): Promise<Uint8Array> {
  const shown = `${image}.pgm`;
  if (presentationState === undefined) await run('dcm2pnm', ['+op', '+Wi', '1', image, shown]);
  else await run('dcmp2pgm', ['-p', presentationState, image, shown]);
  const pgm = await readFile(shown);
  const [header, columns, rows] = /^P5\s+(?:#.*\n)*(\d+)\s+(\d+)\s+255\s/.exec(pgm.toString('latin1'))!;
  const pixels = pgm.subarray(header.length);
  if (pixels.length !== Number(columns) * Number(rows)) throw new Error(`${shown} is cut off.`);
  return pixels;
}

/** What dcmtk's dsrdump prints of a structured report, and its complaints. */
export const dsrdump = (file: string): Promise<{ stdout: string; stderr: string }> => run('dsrdump', ['+Pl', file]);

/** The process of run_scripts.py, and what waits for its lines; it ends with the file of tests. */
let scripts: ChildProcessByStdio<Writable, Readable, null> | undefined;
const waiting: ((line: string) => void)[] = [];
afterAll(() => {
  scripts?.stdin.end();
});

function startScripts(): ChildProcessByStdio<Writable, Readable, null> {
  const process = spawn(python!, [path.join(import.meta.dirname, 'run_scripts.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  createInterface({ input: process.stdout }).on('line', (line) => waiting.shift()?.(line));
  process.once('exit', () => {
    scripts = undefined;
    for (const each of waiting.splice(0)) each('{"error":"run_scripts.py ended."}');
  });
  return process;
}

async function runScript<T>(script: string, parameters: readonly string[]): Promise<T> {
  scripts ??= startScripts();
  const { stdin } = scripts;
  const line = await new Promise<string>((resolve) => {
    waiting.push(resolve);
    stdin.write(`${JSON.stringify({ script, arguments: parameters })}\n`);
  });
  const { output, error } = JSON.parse(line);
  if (error !== undefined) throw new Error(error);
  return JSON.parse(output);
}

import type { AskedProvider, ExecutionProvider } from '#contract/executionProvider.js';
import { PromptsegError } from '../../platform/errors.js';
import { ranOn, technicalNotes } from '../../values/technicalNotes.js';
import { createGraphRuntime } from '../onnxRuntime.js';
import { type BoxSegmenter, type PromptableSegmenter, takingBoxes } from '../promptable.js';
import { providerNames, usableProviders, withoutGpu } from '../providers/availableProviders.js';
import { freeDeviceMemory } from '../providers/deviceMemory.js';
import type { Segmenter } from '../segmenter.js';
import { boxesWithSuccessor, withSuccessor } from '../withSuccessor.js';
import { familyOf, promptableFamilyOf } from './families.js';
import type { AnyPackage, ModelPackage, PromptablePackage } from './modelPackage.js';
import { passedSelfTest } from './passedSelfTests.js';
import { selfTest } from './selfTest.js';
import { selfTestOnImage } from './selfTestOnImage.js';

export interface ExecutionOptions {
  /** auto: the best one that works on this machine and with this model; the CPU if no other does. */
  readonly executionProvider: AskedProvider;
  /** Threads per operator on the CPU; 0 = one per core. */
  readonly threads: number;
  /**
   * An earlier attempt at the same work ended its process, maybe in the driver of a GPU: `auto` uses the CPU, so that a
   * job never ends one process after another.
   */
  readonly afterCrash?: boolean;
}

/**
 * Opens a model package and runs its self-test, unless it passed on this machine before. With `auto`, the next
 * execution provider takes over if a graph cannot be opened, the self-test fails, or a run aborts; the notes say why.
 *
 * @throws PromptsegError `model-package-corrupt` (a graph cannot be opened, or its inputs and outputs do not match the
 * manifest), `model-selftest-failed`, `execution-provider-unavailable` (the requested one does not work),
 * `memory-insufficient`
 */
export async function createSegmenter(model: ModelPackage, options: ExecutionOptions): Promise<Segmenter> {
  const { executionProvider, threads, afterCrash } = options;
  const openOn = async (provider: ExecutionProvider, notes: readonly string[]): Promise<Segmenter> => {
    const { manifest, folder } = model;
    const runtime = createGraphRuntime(folder, provider, threads, notes, await freeDeviceMemory(provider));
    const opened = await familyOf(manifest).open(manifest, folder, runtime);
    return tested(opened, model, provider, () => selfTest(opened, model));
  };
  if (familyOf(model.manifest).cpuOnly) return openOn('cpu', notesOfCpuOnly(executionProvider));
  return openFirst({ openOn, withSuccessor }, await toTry(executionProvider, afterCrash));
}

/** The same for a model that is prompted on the image. @throws PromptsegError as {@link createSegmenter} */
export async function createPromptableSegmenter(
  model: PromptablePackage,
  { executionProvider, threads, afterCrash }: ExecutionOptions,
): Promise<PromptableSegmenter> {
  const { manifest, folder } = model;
  const family = promptableFamilyOf(manifest);
  const openOn = async (provider: ExecutionProvider, notes: readonly string[]): Promise<PromptableSegmenter> => {
    const opened = await family.open(
      manifest,
      createGraphRuntime(folder, provider, threads, notes, await freeDeviceMemory(provider)),
    );
    return tested(opened, model, provider, () => selfTestOnImage(opened, model));
  };
  if (family.cpuOnly) return openOn('cpu', notesOfCpuOnly(executionProvider));
  const openBoxes = async (provider: ExecutionProvider, notes: readonly string[]): Promise<BoxSegmenter> =>
    takingBoxes(await openOn(provider, notes));
  return openFirst(
    { openOn: openBoxes, withSuccessor: boxesWithSuccessor },
    await toTry(executionProvider, afterCrash),
  );
}

const notesOfCpuOnly = (asked: AskedProvider): readonly string[] =>
  asked === 'auto' || asked === 'cpu' ? [] : [technicalNotes.cpuOnly];

interface Disposable {
  dispose(): Promise<void>;
}

interface Ways<Opened> {
  readonly openOn: (provider: ExecutionProvider, notes: readonly string[]) => Promise<Opened>;
  readonly withSuccessor: (first: Opened, successor: (error: unknown) => Promise<Opened>) => Opened;
}

interface ToTry {
  /** In order of preference; at least one. */
  readonly providers: readonly ExecutionProvider[];
  /** Why better ones are not used. */
  readonly reasons: readonly string[];
}

async function toTry(asked: AskedProvider, afterCrash = false): Promise<ToTry> {
  const usable = await usableProviders(asked);
  const { providers, reasons } = afterCrash && asked === 'auto' ? withoutGpu(usable) : usable;
  return { providers, reasons: providers[0] === 'cpu' ? reasons : [] };
}

async function openFirst<Opened>(ways: Ways<Opened>, { providers, reasons }: ToTry): Promise<Opened> {
  const [provider, ...others] = providers;
  const goOn = (error: unknown) =>
    openFirst(ways, { providers: others, reasons: [...reasons, `${providerNames[provider!]}: ${reasonOf(error)}`] });
  try {
    const notes = reasons.length === 0 ? [] : [ranOn(providerNames[provider!], reasons)];
    const opened = await ways.openOn(provider!, notes);
    return others.length === 0 ? opened : ways.withSuccessor(opened, goOn);
  } catch (error) {
    if (others.length === 0) throw error;
    return goOn(error);
  }
}

const reasonOf = (error: unknown): string =>
  (error instanceof PromptsegError ? error.message : String(error)).replace(/\.$/, '');

async function tested<Opened extends Disposable>(
  opened: Opened,
  { sha256 }: AnyPackage,
  provider: ExecutionProvider,
  test: () => Promise<void>,
): Promise<Opened> {
  const passed = passedSelfTest(sha256, provider);
  if (await passed.isKnown()) return opened;
  try {
    await test();
    await passed.remember();
  } catch (error) {
    await opened.dispose();
    throw error;
  }
  return opened;
}

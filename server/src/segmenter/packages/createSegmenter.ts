import type { AskedProvider, ExecutionProvider } from '#contract/executionProvider.js';
import { PromptsegError } from '../../platform/errors.js';
import { ranOn, technicalNotes } from '../../values/technicalNotes.js';
import type { ClickSegmenter } from '../clickable.js';
import { createGraphRuntime, type PackageRuntime } from '../onnxRuntime.js';
import { type BoxSegmenter, type PromptableSegmenter, takingBoxes, takingClicks } from '../promptable.js';
import { providerName, providerNames, usableProviders, withoutGpu } from '../providers/availableProviders.js';
import { freeDeviceMemory } from '../providers/deviceMemory.js';
import type { Segmenter } from '../segmenter.js';
import { boxesWithSuccessor, clicksWithSuccessor, withSuccessor } from '../withSuccessor.js';
import { familyOf, promptableFamilyOf } from './families.js';
import type { ModelPackage, PromptablePackage } from './modelPackage.js';
import { openTested, testOrDispose } from './openTested.js';
import { type PassedSelfTest, passedSelfTest } from './passedSelfTests.js';
import { selfTestOnImage } from './selfTestOnImage.js';

export interface ExecutionOptions {
  /** auto: the best one that works on this machine and with this model; the CPU if no other does. */
  readonly executionProvider: AskedProvider;
  /** Threads per operator on the CPU; 0 = one per core. */
  readonly threads: number;
  /** PROMPTSEG_GPU: the number of the only GPU to use. */
  readonly gpu?: number | undefined;
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
  const { executionProvider } = options;
  const openOn = async (provider: ExecutionProvider, notes: readonly string[]): Promise<Segmenter> => {
    const runtime = await runtimeFor(model.folder, provider, notes, options);
    return openTested(model, runtime, passedSelfTest(model.sha256, provider, options.gpu));
  };
  if (familyOf(model.manifest).cpuOnly) return openOn('cpu', notesOfCpuOnly(executionProvider));
  return openFirst({ openOn, withSuccessor }, await toTry(options), options.gpu);
}

/** The same for a model that is prompted on the image. @throws PromptsegError as {@link createSegmenter} */
export async function createPromptableSegmenter(
  model: PromptablePackage,
  options: ExecutionOptions,
): Promise<PromptableSegmenter> {
  const { manifest, folder } = model;
  const family = promptableFamilyOf(manifest);
  const openOn = async (provider: ExecutionProvider, notes: readonly string[]): Promise<PromptableSegmenter> => {
    const opened = await family.open(manifest, await runtimeFor(folder, provider, notes, options));
    return tested(opened, passedSelfTest(model.sha256, provider, options.gpu), () => selfTestOnImage(opened, model));
  };
  if (family.cpuOnly) return openOn('cpu', notesOfCpuOnly(options.executionProvider));
  const providers = await toTry(options);
  if (family.takes === 'clicks') {
    const openClicks: Ways<ClickSegmenter>['openOn'] = async (...on) => takingClicks(await openOn(...on));
    return openFirst({ openOn: openClicks, withSuccessor: clicksWithSuccessor }, providers, options.gpu);
  }
  const openBoxes: Ways<BoxSegmenter>['openOn'] = async (...on) => takingBoxes(await openOn(...on));
  return openFirst({ openOn: openBoxes, withSuccessor: boxesWithSuccessor }, providers, options.gpu);
}

async function runtimeFor(
  folder: string,
  provider: ExecutionProvider,
  notes: readonly string[],
  { threads, gpu }: ExecutionOptions,
): Promise<PackageRuntime> {
  const deviceBytes = await freeDeviceMemory(provider, gpu);
  return createGraphRuntime(folder, provider, { threads, gpu, notes, deviceBytes });
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

async function toTry({ executionProvider: asked, gpu, afterCrash = false }: ExecutionOptions): Promise<ToTry> {
  const usable = await usableProviders(asked, gpu);
  const { providers, reasons } = afterCrash && asked === 'auto' ? withoutGpu(usable) : usable;
  return { providers, reasons: providers[0] === 'cpu' ? reasons : [] };
}

async function openFirst<Opened>(
  ways: Ways<Opened>,
  { providers, reasons }: ToTry,
  gpu: number | undefined,
): Promise<Opened> {
  const [provider, ...others] = providers;
  const goOn = (error: unknown) =>
    openFirst(
      ways,
      { providers: others, reasons: [...reasons, `${providerNames[provider!]}: ${reasonOf(error)}`] },
      gpu,
    );
  try {
    const opened = await ways.openOn(provider!, notesOn(provider!, reasons, gpu));
    return others.length === 0 ? opened : ways.withSuccessor(opened, goOn);
  } catch (error) {
    if (others.length === 0) throw error;
    return goOn(error);
  }
}

/** Where it runs, if that is not obvious: on one of several GPUs, or not on a better provider. */
function notesOn(provider: ExecutionProvider, reasons: readonly string[], gpu: number | undefined): readonly string[] {
  const name = providerName(provider, gpu);
  return name === providerNames[provider] && reasons.length === 0 ? [] : [ranOn(name, reasons)];
}

const reasonOf = (error: unknown): string =>
  (error instanceof PromptsegError ? error.message : String(error)).replace(/\.$/, '');

async function tested<Opened extends Disposable>(
  opened: Opened,
  passed: PassedSelfTest,
  test: () => Promise<void>,
): Promise<Opened> {
  if ((await passed.verdict()) === undefined) {
    await testOrDispose(opened, test);
    await passed.remember('float');
  }
  return opened;
}

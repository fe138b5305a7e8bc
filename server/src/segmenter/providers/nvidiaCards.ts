import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childEnvironment } from '../../platform/childEnvironment.js';

/** A card as NVIDIA's driver describes it; what the driver does not say, or says wrongly, is absent. */
export interface NvidiaCard {
  readonly name: string;
  /** "570.124.06" */
  readonly driver: string;
  readonly totalBytes?: number;
  readonly freeBytes?: number;
}

const fields = ['index', 'uuid', 'name', 'driver_version', 'memory.total', 'memory.free'];

/** A driver that waits for a lost card never ends `nvidia-smi`. */
const patienceMs = 10_000;

/**
 * The cards that a process with this environment may use, from `nvidia-smi`.
 *
 * @returns in the driver's order, which is not always CUDA's; undefined if `nvidia-smi` is absent or fails
 */
export async function nvidiaCards(environment: NodeJS.ProcessEnv = process.env): Promise<NvidiaCard[] | undefined> {
  const query = [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, {
      env: childEnvironment({}, environment),
      timeout: patienceMs,
      killSignal: 'SIGKILL',
    });
    return cardsIn(stdout, environment.CUDA_VISIBLE_DEVICES);
  } catch {
    return undefined;
  }
}

/**
 * @param output lines of {@link fields} with commas between them, memory in MiB
 * @param visible CUDA_VISIBLE_DEVICES: indices or beginnings of UUIDs; as in CUDA, an unknown one ends the list
 */
export function cardsIn(output: string, visible: string | undefined): NvidiaCard[] {
  const all = output
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((line) => line.length === fields.length)
    .map(([index, uuid, name, driver, total, free]) => ({
      index: index!,
      uuid: uuid!,
      card: { name: name!, driver: driver!, ...memoryOf(total!, free!) },
    }));
  if (visible === undefined) return all.map(({ card }) => card);
  const chosen: NvidiaCard[] = [];
  for (const wanted of visible.split(',').map((each) => each.trim())) {
    const found = all.find(
      ({ index, uuid }) => index === wanted || (wanted.startsWith('GPU-') && uuid.startsWith(wanted)),
    );
    if (found === undefined) break;
    chosen.push(found.card);
  }
  return chosen;
}

/** Cards that share the machine's memory say "[N/A]". A card cannot have more free memory than it has. */
function memoryOf(total: string, free: string): Pick<NvidiaCard, 'totalBytes' | 'freeBytes'> {
  const [totalBytes, freeBytes] = [total, free].map((each) =>
    /^\d+$/.test(each) ? Number(each) * 2 ** 20 : undefined,
  );
  if (totalBytes === undefined || totalBytes === 0) return {};
  return freeBytes === undefined || freeBytes > totalBytes ? { totalBytes } : { totalBytes, freeBytes };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Stage } from '#contract/jobState.js';
import { endedByMemory, memoryExhausted, outOfMemoryKills } from '../../jobs/worker/memoryExhausted.js';
import { availableMemory } from '../../platform/availableMemory.js';
import { childArguments, childEnvironment } from '../../platform/childEnvironment.js';
import { PromptsegError, throwIfCancelled } from '../../platform/errors.js';
import { log } from '../../platform/log.js';
import type { FilesTask, FilesTasks, FromFiles } from './filesMessages.js';

export interface FilesProgress {
  readonly signal: AbortSignal;
  readonly onStage?: (stage: Stage) => void;
  readonly onProgress?: (message: string) => void;
}

/**
 * Segments files, or looks at them, in a separate process, which is killed at once if the signal aborts.
 * @throws PromptsegError of the story; `cancelled`, `memory-exhausted`, `worker-lost`
 */
export async function runFilesProcess<Kind extends keyof FilesTasks>(
  kind: Kind,
  request: FilesTasks[Kind]['request'],
  { signal, onStage, onProgress }: FilesProgress,
): Promise<FilesTasks[Kind]['result']> {
  throwIfCancelled(signal);
  const [bytesAvailable, killsBefore] = await Promise.all([availableMemory(), outOfMemoryKills()]);
  const child = fork(path.join(import.meta.dirname, 'filesMain.js'), {
    serialization: 'advanced',
    execArgv: childArguments(),
    env: childEnvironment({}),
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let standardError = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    standardError = (standardError + chunk.toString()).slice(-8000);
  });
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });

  let stage: Stage | undefined;
  let last: Extract<FromFiles, { type: 'completed' | 'failed' }> | undefined;
  child.on('message', (message: FromFiles) => {
    if (message.type === 'progress') return onProgress?.(message.progress.message);
    if (message.type === 'stage') {
      stage = message.stage;
      return onStage?.(message.stage);
    }
    last = message;
  });
  try {
    child.send({ kind, request } as FilesTask);
    // Not `exit`: the last output may arrive after it.
    const [code, ended] = await (once(child, 'close') as Promise<[number | null, string | null]>).catch((cause) => {
      throw new PromptsegError('worker-lost', 'The segmenting process could not be started.', { cause });
    });
    throwIfCancelled(signal);
    if (last?.type === 'completed') return last.result as FilesTasks[Kind]['result'];
    if (last !== undefined) {
      const { problem, unforeseen } = last;
      if (unforeseen !== undefined) log.error({ failure: unforeseen }, 'an unforeseen error ended the segmentation');
      throw new PromptsegError(problem.code, problem.detail, { details: problem.details });
    }
    process.stderr.write(standardError);
    if (endedByMemory({ signal: ended, standardError, killsBefore, killsAfter: await outOfMemoryKills() }))
      throw memoryExhausted(stage, bytesAvailable);
    throw new PromptsegError('worker-lost', `The segmenting process ended (${ended ?? `exit code ${code}`}).`);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import type { Config } from '../config.js';
import { PromptsegError } from '../errors.js';
import { createApplication } from '../http/application.js';
import { createMetrics } from '../http/metrics.js';
import { openEmbeddedDatabase } from '../jobs/database.js';
import { lockDataFolder } from '../jobs/dataFolderLock.js';
import { startJobService } from '../jobs/jobService.js';
import { createJobStore } from '../jobs/jobStore.js';
import { createWorkerProcess } from '../jobs/workerProcess.js';
import { log } from '../log.js';
import { createDicomWebArchive } from '../pacs/dicomWebArchive.js';
import { loadModelPackages } from '../segmenter/modelPackage.js';

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * `promptseg serve`: HTTP, queue, records and one worker process under one command.
 * @throws PromptsegError `data-folder-in-use`, `port-in-use`
 */
export async function serve(config: Config): Promise<RunningServer> {
  const lock = await lockDataFolder(config.dataFolder);
  const closing: (() => Promise<unknown>)[] = [() => lock.release()];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const library = await loadModelPackages(config.modelsFolder);
    for (const { folder, error } of library.refused)
      log.error({ folder, reason: error.message }, 'model package refused');

    const archive = createDicomWebArchive({
      baseUrl: config.archiveUrl,
      ...(config.archiveAuthorization !== undefined && { authorization: config.archiveAuthorization }),
    });
    const database = await openEmbeddedDatabase(config.dataFolder);
    closing.push(() => database.close());
    const store = createJobStore(database);
    const metrics = createMetrics(store.countByState);
    const worker = createWorkerProcess({
      archiveUrl: config.archiveUrl,
      ...(config.archiveAuthorization !== undefined && { archiveAuthorization: config.archiveAuthorization }),
      executionProvider: config.executionProvider,
      threads: availableParallelism(),
    });
    const service = await startJobService({ database, store, archive, library, worker, onEnd: metrics.observeEnd });
    closing.push(() => service.stop());

    const server = createServer(createApplication({ config, archive, library, store, service, metrics }));
    const url = await listen(server, config);
    closing.push(() => close(server));
    log.info({ url, models: library.packages.map(({ manifest }) => manifest.id) }, 'listening');
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listen(server: Server, { host, port }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(new PromptsegError('port-in-use', `Port ${port} on ${host} is in use by another program.`));
      else reject(error);
    });
    server.listen(port, host, () => {
      const { port: taken } = server.address() as AddressInfo;
      const name = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
      resolve(`http://${name}:${taken}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Event streams stay open until their job ends; a stopping server does not wait for them. Their clients resume.
    server.closeAllConnections();
  });
}

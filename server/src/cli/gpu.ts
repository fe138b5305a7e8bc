import type { Command } from 'commander';
import { formatBytes } from '#contract/byteSize.js';
import { PromptsegError } from '../platform/errors.js';
import { cudaProviderLibrary, runtimeFolder, runtimeVersion } from '../segmenter/providers/runtimeFolder.js';
import { cudaWheels } from './gpu/cudaWheels.js';
import { installCudaLibraries } from './gpu/installCudaLibraries.js';
import { printsJson } from './options.js';
import { print, say } from './terminal/print.js';
import { formatTable } from './terminal/table.js';

interface InstallOptions {
  readonly from?: string;
  readonly json?: boolean;
}

export function addGpuCommand(program: Command): void {
  const gpu = program.command('gpu').description("install ONNX Runtime's CUDA libraries, for NVIDIA GPUs");
  printsJson(
    gpu
      .command('install')
      .description('let pip download what CUDA needs beside the driver, and install it')
      .option('--from <folder>', 'take the files of `gpu files` from this folder, without a connection'),
  ).action(installCommand);
  printsJson(gpu.command('files').description('list the files that `gpu install` downloads')).action(filesCommand);
}

/** `promptseg gpu install`. @throws PromptsegError `gpu-install-unsupported`, and as {@link installCudaLibraries} */
async function installCommand({ from, json }: InstallOptions): Promise<void> {
  requireSupported({ platform: process.platform, arch: process.arch, version: runtimeVersion() });
  const folder = runtimeFolder();
  const installed = await installCudaLibraries({
    wheels: cudaWheels.wheels,
    provider: cudaProviderLibrary,
    folder,
    from,
    onStep: say,
  });
  print(json, { folder, ...installed }, () =>
    [
      installed.wasComplete ? `Everything was installed already, in ${folder}.` : `Installed in ${folder}:`,
      ...installed.distributions.map((distribution) => `  ${distribution}`),
      `CUDA ${cudaWheels.cuda} needs NVIDIA's driver ${cudaWheels.oldestDriver} or newer. ` +
        '`npx promptseg doctor` shows whether it works.',
    ].join('\n'),
  );
}

/** `promptseg gpu files` */
function filesCommand({ json }: { json?: boolean }): void {
  print(json, cudaWheels.wheels, () =>
    formatTable(
      ['bytes', 'sha256', 'file'],
      cudaWheels.wheels.map(({ bytes, sha256, file }) => [formatBytes(bytes), sha256, file]),
    ),
  );
}

/** @throws PromptsegError `gpu-install-unsupported` if there are no CUDA libraries for this installation */
export function requireSupported({
  platform,
  arch,
  version,
}: {
  readonly platform: string;
  readonly arch: string;
  /** Of onnxruntime-node. */
  readonly version: string;
}): void {
  if (platform !== 'linux' || arch !== 'x64')
    throw new PromptsegError(
      'gpu-install-unsupported',
      `onnxruntime-node uses CUDA on Linux with x64 only, and this is ${platform} with ${arch}.`,
    );
  if (version !== cudaWheels.onnxRuntime)
    throw new PromptsegError(
      'gpu-install-unsupported',
      `The CUDA libraries are those of ONNX Runtime ${cudaWheels.onnxRuntime}, and ${version} is installed.`,
    );
}

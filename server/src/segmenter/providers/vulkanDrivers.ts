import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/** Vulkan drivers that compute on the CPU: Mesa's lavapipe and Google's SwiftShader. */
const software = /lvp|lavapipe|llvmpipe|swiftshader/i;

/**
 * The manifests of Vulkan drivers for real GPUs on Linux.
 *
 * @param folders where the Vulkan loader looks for manifests
 * @returns paths, in the order of the folders; like the loader, ignores manifests that cannot be read
 */
export async function hardwareVulkanDrivers(folders: readonly string[] = manifestFolders()): Promise<string[]> {
  const perFolder = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch((): string[] => []);
      return names
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => path.join(folder, name));
    }),
  );
  const manifests = perFolder.flat();
  const libraries = await Promise.all(manifests.map(libraryOf));
  return manifests.filter((_, n) => libraries[n] !== undefined && !software.test(libraries[n]));
}

/** Khronos, Vulkan-Loader, LoaderDriverInterface.md, "Linux Driver Discovery". */
function manifestFolders(): string[] {
  const { XDG_CONFIG_HOME, XDG_DATA_HOME } = process.env;
  return [
    XDG_CONFIG_HOME ?? path.join(homedir(), '.config'),
    '/etc/xdg',
    '/usr/local/etc',
    '/etc',
    XDG_DATA_HOME ?? path.join(homedir(), '.local/share'),
    '/usr/local/share',
    '/usr/share',
  ].map((folder) => path.join(folder, 'vulkan/icd.d'));
}

async function libraryOf(manifest: string): Promise<string | undefined> {
  try {
    const { ICD } = JSON.parse(await readFile(manifest, 'utf8')) as { ICD?: { library_path?: unknown } };
    return typeof ICD?.library_path === 'string' ? ICD.library_path : undefined;
  } catch {
    return undefined;
  }
}

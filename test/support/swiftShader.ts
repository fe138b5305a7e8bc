import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The environment in which WebGPU runs without a GPU, on SwiftShader: a Vulkan driver that computes on the CPU and is
 * part of Debian's Chromium, with a Vulkan loader. Undefined if it is not installed.
 */
export function swiftShaderEnvironment(): Record<string, string> | undefined {
  const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
  const folder = folders.find((each) => existsSync(path.join(each, 'vk_swiftshader_icd.json')));
  if (folder === undefined) return undefined;
  const manifest = path.join(folder, 'vk_swiftshader_icd.json');
  // Vulkan loaders before 1.3.207 read only the second name.
  return { VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest, LD_LIBRARY_PATH: folder };
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { hardwareVulkanDrivers } from './vulkanDrivers.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'promptseg-vulkan-'));
});
afterAll(() => rm(root, { recursive: true }));

async function manifest(folder: string, name: string, content: string): Promise<void> {
  await mkdir(path.join(root, folder), { recursive: true });
  await writeFile(path.join(root, folder, name), content);
}
const icd = (library: string) => JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: library } });

it('finds the Vulkan drivers of GPUs, and none that compute on the CPU', async () => {
  await manifest('etc', 'nvidia_icd.json', icd('libGLX_nvidia.so.0'));
  await manifest('usr', 'intel_icd.x86_64.json', icd('/usr/lib/libvulkan_intel.so'));
  await manifest('usr', 'lvp_icd.x86_64.json', icd('/usr/lib/libvulkan_lvp.so'));
  await manifest('usr', 'vk_swiftshader_icd.json', icd('./libvk_swiftshader.so'));
  await manifest('usr', 'broken.json', '{');
  await manifest('usr', 'empty.json', '{}');
  await manifest('usr', 'notes.txt', icd('libvulkan_radeon.so'));
  expect(await hardwareVulkanDrivers(['etc', 'usr', 'absent'].map((folder) => path.join(root, folder)))).toEqual([
    path.join(root, 'etc/nvidia_icd.json'),
    path.join(root, 'usr/intel_icd.x86_64.json'),
  ]);
});

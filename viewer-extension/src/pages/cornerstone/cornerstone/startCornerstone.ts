import * as core from '@cornerstonejs/core';
import dicomImageLoader from '@cornerstonejs/dicom-image-loader';
import * as tools from '@cornerstonejs/tools';

const toolGroupId = 'promptseg';

/**
 * Starts Cornerstone and the tools that every viewport gets: the wheel turns slices, the left button sets the window,
 * the middle one moves, the right one zooms. The image loader takes its worker and the codecs from the folder that this
 * page's scripts are in.
 */
export async function startCornerstone(): Promise<core.RenderingEngine> {
  await core.init();
  const wasmBasePath = new URL('.', import.meta.url).pathname;
  dicomImageLoader.init({ maxWebWorkers: 2, wasmBasePath, decodeConfig: { wasmBasePath } as never });
  tools.init();
  const group = tools.ToolGroupManager.createToolGroup(toolGroupId)!;
  const { MouseBindings } = tools.Enums;
  for (const [tool, mouseButton] of [
    [tools.StackScrollTool, MouseBindings.Wheel],
    [tools.WindowLevelTool, MouseBindings.Primary],
    [tools.PanTool, MouseBindings.Auxiliary],
    [tools.ZoomTool, MouseBindings.Secondary],
  ] as const) {
    tools.addTool(tool);
    group.addTool(tool.toolName);
    group.setToolActive(tool.toolName, { bindings: [{ mouseButton }] });
  }
  return new core.RenderingEngine('promptseg');
}

/** Gives a viewport the tools. */
export function addTools(engine: core.RenderingEngine, viewportId: string): void {
  tools.ToolGroupManager.getToolGroup(toolGroupId)!.addViewport(viewportId, engine.id);
}

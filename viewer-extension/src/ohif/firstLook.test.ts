import { describe, expect, it } from '@jest/globals';
import { addFirstLook, firstLookId } from './firstLook.js';
import type { HangingProtocol } from './ohif.js';

const grid: HangingProtocol = {
  id: '@ohif/mnGrid',
  stages: [{ viewports: [{ viewportOptions: { toolGroupId: 'default' }, displaySets: [{}] }] }],
  defaultViewport: { viewportOptions: { viewportType: 'stack' }, displaySets: [] },
};

function serviceWith(...protocols: HangingProtocol[]) {
  const added = new Map<string, HangingProtocol>();
  return {
    added,
    getProtocolById(id: string) {
      const found = protocols.find((protocol) => protocol.id === id);
      if (found === undefined) throw new Error(`No protocol ${id} found`);
      return found;
    },
    addProtocol: (id: string, protocol: HangingProtocol) => void added.set(id, protocol),
  };
}

describe('the hanging protocol of the mode', () => {
  it('is that of the viewer, with every series on its middle image', () => {
    const service = serviceWith(grid);
    addFirstLook(service);
    expect(service.added.get(firstLookId)).toEqual({
      id: firstLookId,
      stages: [
        {
          viewports: [
            {
              viewportOptions: { toolGroupId: 'default', initialImageOptions: { preset: 'middle' } },
              displaySets: [{}],
            },
          ],
        },
      ],
      defaultViewport: {
        viewportOptions: { viewportType: 'stack', initialImageOptions: { preset: 'middle' } },
        displaySets: [],
      },
    });
    expect(grid.stages[0]!.viewports[0]!.viewportOptions).toEqual({ toolGroupId: 'default' });
  });

  it('is added once, and is like the default where there is no grid', () => {
    const service = serviceWith({ ...grid, id: 'default' });
    addFirstLook(service);
    expect(service.added.get(firstLookId)?.stages).toHaveLength(1);
    const again = serviceWith(grid, { ...grid, id: firstLookId });
    addFirstLook(again);
    expect(again.added.size).toBe(0);
  });
});

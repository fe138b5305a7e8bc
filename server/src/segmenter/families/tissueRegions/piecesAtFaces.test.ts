import { describe, expect, it } from '@jest/globals';
import { connectedComponents } from '../../connectedComponents.js';
import { piecesAtFaces } from './piecesAtFaces.js';

describe('piecesAtFaces', () => {
  it('finds which pieces reach the faces across an axis', () => {
    const mask = Uint8Array.from([1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    const components = connectedComponents(mask, [4, 3, 1], 'faces');
    expect([...piecesAtFaces(components, [4, 3, 1], [0])].slice(1)).toEqual([1, 0, 1]);
  });
});

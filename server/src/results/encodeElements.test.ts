import { expect, it } from '@jest/globals';
import { encodeAlike, encodeElements, encodeText } from './encodeElements.js';
import { derivation } from './functionalGroups.js';

it('a dataset put together from that of another one has the bytes that it has when encoded whole', () => {
  const image = (sopInstanceUID: string, frameNumber?: number) => ({
    sopClassUID: '1.2.840.10008.5.1.4.1.1.2.1',
    sopInstanceUID,
    ...(frameNumber !== undefined && { frameNumber }),
  });
  const references = ({ sopClassUID, sopInstanceUID, frameNumber }: ReturnType<typeof image>) => [
    encodeText(0x00081150, 'UI', sopClassUID),
    encodeText(0x00081155, 'UI', sopInstanceUID),
    ...(frameNumber === undefined ? [] : [encodeText(0x00081160, 'IS', String(frameNumber))]),
  ];
  const images = [image('1.2.3.4'), image('1.2.30'), image('1.2.3.4', 9), image('1.2.30', 1024)];

  for (const first of images) {
    const encode = encodeAlike(derivation(first), references(first), 2);
    for (const other of images)
      expect(Buffer.from(encode(references(other))).equals(encodeElements(derivation(other)))).toBe(true);
  }
});

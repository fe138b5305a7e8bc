import { expect, it } from '@jest/globals';
import { phraseInGerman } from './phrasesGerman.js';

it.each([
  ['94 of 102 images', '94 von 102 Bildern'],
  ['94 images', '94 Bilder'],
  ['window 3 of 12', 'Fenster 3 von 12'],
  ['slice 3 of at most 40', 'Schicht 3 von höchstens 40'],
  ['16 of 39 targets asked', '16 von 39 Strukturen geprüft'],
  ['echo time 4.6 ms, 24 axial images of 256 × 256 pixels', 'Echozeit 4.6 ms, 24 axiale Bilder mit 256 × 256 Pixeln'],
  [
    'b-value not stated, 1 coronal image of 64 × 64 pixels',
    'b-Wert nicht angegeben, 1 koronales Bild mit 64 × 64 Pixeln',
  ],
  ['image type P, FFE, 60 sagittal images of 8 × 8 pixels', 'Bildtyp P, FFE, 60 sagittale Bilder mit 8 × 8 Pixeln'],
  ['echo 2, plain image type', 'Echo 2, einfacher Bildtyp'],
  ['dimension 3: 7', 'Dimension 3: 7'],
  ['image 3 (left MLO), 2000 × 3000 pixels', 'Bild 3 (links MLO), 2000 × 3000 Pixel'],
  ['image, 20 × 30 pixels', 'Bild, 20 × 30 Pixel'],
  ['image 2 (AP), 20 × 30 pixels', 'Bild 2 (AP), 20 × 30 Pixel'],
  ['cancelling', 'cancelling'],
])('%j is %j', (english, german) => expect(phraseInGerman(english)).toBe(german));

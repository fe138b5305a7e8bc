import { describe, expect, it } from '@jest/globals';
import type { Vocabulary } from '../values/vocabulary.js';
import { resolvePrompts } from './resolvePrompts.js';
import { headVocabulary, tissueVocabulary } from './testing/exampleVocabularies.js';

const texts = (list: string): string[] =>
  list
    .trim()
    .split(/\n\s*\|\||\n|\|\|/)
    .map((text) => text.trim());

const ofThePicture = texts(`
  lung on the left side of the image || lung on the right of the image || lung on the left of the picture
  lung at the left of the scan || image left lung || lung on the left in the image
    || lung on the left side of this image
  the lung on the left-hand side of the picture || lung, left side of the image || lung (left side of the image)
  lung on the left half of the screen || lung at the left edge of the image || lung in the left part of the image
  screen left lung || lung screen left || lung image right || image-left lung || lung, image left || lung (image left)
  left-of-image lung || lung left of image || lung L side of image || lung at the right of the slice
    || right image side lung
  in the image on the left: lung || in the picture, on the left, the lung || on the left of the image the lung
  on the left side of the axial slice, the lung || lung on the left of the axial CT image || lung in the left image
  lung at the bottom left of the image || lung in the lower left corner of the picture || leftmost lung in the image
  lung on the left on the screen || lung on the left, on the screen || the lung left on the monitor
  the lung on the viewer's left || lung to the left of the viewer || lung on the reader's right
    || the observer's left lung
  left lung as seen on the screen || the left lung as displayed || linke lung wie dargestellt
  lung on my left || the lung shown on the left || the lung you see on the left || lung left as displayed
    || lung on the left as shown
  lung on the left in the scan || lung in the scan on the left || in the CT on the left, lung
    || lung at the left side of the MRI
  both lungs and the bone on the left of the image || right lung (on the left side of the image)
    || left of the display: lung
  lung on the left of your image || lung at the left of the whole image || lung left of the data
    || lung on the left side of the patient's image
  lung at left in the picture || Lung. On the left of the image: lung
  lung links im Bild || Lung auf der linken Bildseite || lung rechts auf dem Bild || im Bild links: lung
    || lung im Bild rechts
  lung auf der linken Seite des Bildes || lung am linken Bildrand || lung in der rechten Bildhälfte
    || lung in der linken Bildhaelfte
  lung rechts am Bildschirm || lung auf dem Bildschirm links || lung links in der Aufnahme || lung rechts in der Schicht
  left lung as I see it || lung that is on the left as I look at it || left lung, as we see it
  lung links, wie ich sie sehe || lung, die ich links sehe
  lung bildlinks || bildrechts lung || lung vom Betrachter aus links || lung links vom Betrachter || lung im linken Bild
  lung links oben im Bild || linke Seite vom Bild, lung || lung im Bild auf der rechten Seite || lung links wie gezeigt
`);

const ofThePatient = texts(`
  lung on the left side of the patient || left lung in the image || left lung in this scan || lung on the left
    || lung left
  lung_left in this scan || please segment the lung left in this scan || image of the left lung || image: left lung
  CT image, left lung || show me in this image the left lung || the left lung of the patient in the picture
    || left lung (L)
  left side of the lung || display left lung || view left lung || I would like to see the left lung
    || left-sided lung in the CT
  CT of the left lung || scan of the left lung || in this CT scan the left lung || left lung on the screen
    || look at the left lung
  lung, patient left || lungs, patient's left || anatomical left lung || left: lung || left side: lung
    || anatomisch linke lung
  my left lung || linke lung im Bild || im Bild die linke lung || zeige die linke lung || lung links || linke lung
    || lung (li.)
  lung linke Seite || linksseitige lung || Bild der linken lung
`);

const sidesOf = (text: string, vocabulary: Vocabulary) =>
  resolvePrompts([text], vocabulary).flatMap((part) =>
    part.status === 'understood' ? part.targets.map(({ id }) => id) : [part.code],
  );

describe('a side of the picture', () => {
  it.each(ofThePicture)('is asked back: %s', (text) => {
    const parts = resolvePrompts([text], tissueVocabulary);
    expect(parts.map((part) => (part.status === 'unknown' ? part.code : part.targets.map(({ id }) => id)))).toContain(
      'side-of-image',
    );
    expect(sidesOf(text, tissueVocabulary).filter((id) => id === 'left-lung')).toEqual(
      // "Lung." alone before it asks for both.
      text.startsWith('Lung. ') ? ['left-lung'] : [],
    );
  });

  it('is no side in any model: the sides of the structure are offered', () => {
    const [part] = resolvePrompts(['hippocampus on the right of the image'], headVocabulary);
    expect(part).toMatchObject({
      status: 'unknown',
      code: 'side-of-image',
      nearest: [{ id: 'left-hippocampus' }, { id: 'right-hippocampus' }],
    });
    expect(part).toHaveProperty(
      'reason',
      expect.stringMatching(/the patient's right on their left.*Name the patient's/),
    );
  });
});

it.each(ofThePatient)("the patient's side: %s", (text) => {
  expect(sidesOf(text, tissueVocabulary)).toEqual(['left-lung']);
});

/// <reference path="../../server/src/dicom/dcmjs.d.ts" />
import dcmjs from 'dcmjs';
import type { NaturalizedDataset } from '../../server/src/values/naturalizedDataset.js';

/** The part of dcmjs that writes segmentations, which Promptseg does not use. */
interface Derivation {
  readonly dataset: Record<string, unknown>;
  setNumberOfFrames(count: number): void;
  addSegmentFromLabelmap(
    segment: NaturalizedDataset,
    labelmaps: readonly Uint8Array[],
    index: number,
    frames: readonly number[],
  ): void;
  bitPackPixelData(): void;
}
const { normalizers, derivations } = dcmjs as unknown as {
  readonly normalizers: {
    readonly Normalizer: { normalizeToDataset(datasets: readonly NaturalizedDataset[]): NaturalizedDataset };
  };
  readonly derivations: {
    readonly Segmentation: new (
      datasets: readonly NaturalizedDataset[],
      options: { includeSliceSpacing: boolean },
    ) => Derivation;
  };
};
const { DicomMessage, DicomMetaDictionary, datasetToDict } = { ...dcmjs.data };

/** A segment in a viewer, which keeps only part of the object's content. */
export interface ViewerSegment {
  readonly label: string;
  /** Code of category and type; Cornerstone's adapter writes "Tissue" by default. */
  readonly type?: { readonly value: string; readonly scheme: string; readonly meaning: string };
  /** Whether voxel n of the series, slices in the order of the images given, belongs to it. */
  readonly contains: (n: number) => boolean;
}

/** Recommended Display CIELab Value of every exported segment. */
export const drawnColour = [43803, 26565, 37722] as const;

const tissue = { value: '85756007', scheme: 'SCT', meaning: 'Tissue' };

/**
 * The segmentation object that OHIF exports after editing: derived by dcmjs, like in Cornerstone's adapter. Segments
 * are renumbered, and Tracking UIDs and empty slices are left out.
 * @param images the Part 10 files of the series, in the order of its slices
 */
export function exportAsViewer(images: readonly Uint8Array[], segments: readonly ViewerSegment[]): Uint8Array {
  const datasets = images.map((part10) => {
    const { meta, dict } = DicomMessage.readFile(part10.slice().buffer as ArrayBuffer);
    return {
      ...DicomMetaDictionary.naturalizeDataset(dict),
      _meta: DicomMetaDictionary.naturalizeDataset(meta),
      _vrMap: {},
    };
  });
  const multiFrame = normalizers.Normalizer.normalizeToDataset(datasets);
  // dcmjs has reordered the images.
  const inOrder = (multiFrame.PerFrameFunctionalGroupsSequence as { PlanePositionSequence: NaturalizedDataset }[]).map(
    ({ PlanePositionSequence }) => String(PlanePositionSequence.ImagePositionPatient),
  );
  const frameOf = (slice: number): number =>
    inOrder.indexOf(String((datasets[slice] as NaturalizedDataset).ImagePositionPatient)) + 1;
  const derivation = new derivations.Segmentation([multiFrame], {
    includeSliceSpacing: true,
  });
  const { Rows, Columns } = datasets[0] as { Rows?: number; Columns?: number };
  const pixels = Rows! * Columns!;
  const drawn = segments.map((segment) => ({
    segment,
    slices: images.flatMap((_, slice) => {
      const labels = Uint8Array.from({ length: pixels }, (_, pixel) =>
        segment.contains(slice * pixels + pixel) ? 1 : 0,
      );
      return labels.includes(1) ? [{ frame: frameOf(slice), labels }] : [];
    }),
  }));
  derivation.setNumberOfFrames(drawn.reduce((sum, { slices }) => sum + slices.length, 0));
  for (const { segment, slices } of drawn)
    derivation.addSegmentFromLabelmap(
      {
        SegmentLabel: segment.label,
        SegmentAlgorithmType: 'MANUAL',
        RecommendedDisplayCIELabValue: [...drawnColour],
        SegmentedPropertyCategoryCodeSequence: codeItem(tissue),
        SegmentedPropertyTypeCodeSequence: codeItem(segment.type ?? tissue),
      },
      slices.map(({ labels }) => labels),
      1,
      slices.map(({ frame }) => frame),
    );
  derivation.bitPackPixelData();
  return new Uint8Array(datasetToDict(derivation.dataset).write());
}

const codeItem = ({ value, scheme, meaning }: typeof tissue): NaturalizedDataset => ({
  CodeValue: value,
  CodingSchemeDesignator: scheme,
  CodeMeaning: meaning,
});

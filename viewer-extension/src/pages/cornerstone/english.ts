/** Every text that a reader sees on this page only. */
export const english = {
  noStudies: 'The archive holds no study.',
  studies: 'Studies',
  find: 'Find a patient, date, modality or description',
  onlySome: (count: number) => `The archive has more; these are ${count} of them.`,
  allInViewer: 'Search all in OHIF',
  count: (count: number) => (count === 1 ? '1 study' : `${count} studies`),
  columns: ['Patient', 'Patient ID', 'Study date', 'Modality', 'Description', 'Series'] as readonly string[],
  noName: 'No name',
  allStudies: 'All studies',
  noSuchStudy: 'The archive has no such study.',
  series: 'Series',
  images: (count: number) => (count === 1 ? '1 image' : `${count} images`),
  layout: 'Layout',
  layouts: { stack: 'Stack', planes: 'Three planes' },
  viewports: { stack: 'Stack', axial: 'Axial', sagittal: 'Sagittal', coronal: 'Coronal' },
  slice: (viewport: string) => `${viewport}: image`,
  position: (at: number, of: number) => `${at} / ${of}`,
  window: (width: number, centre: number) => `W ${width} L ${centre}`,
  unnamed: 'No description',
  loading: 'Loading images…',
  noImages: 'The study holds no series of images.',
  emptySeries: 'The series holds no image.',
};

/** One table of texts. A language with a key too few or too many does not compile. */
export type Strings = typeof english;

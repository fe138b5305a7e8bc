import type { PageName } from '../parts/linksFor.js';

/** Every text that a reader sees on the home page only, in English. */
export const english = {
  title: 'Home',
  lead: 'Type what you want to see; get a DICOM SEG in the PACS.',
  now: 'Now',
  recent: 'Recent results',
  noRecent: 'No result yet. Open a study in the viewer and type a structure.',
  allJobs: 'All jobs',
  places: 'Pages',
  found: (count: number) => (count === 1 ? '1 structure' : `${count} structures`),
  open: 'Open in viewer',
  openOf: (prompts: string) => `Open in viewer: ${prompts}`,
  about: {
    viewer: 'The studies of the archive in OHIF. In a study, the tab “Segment by text” is the panel.',
    jobs: 'Running, waiting and ended jobs, and the device that ran them.',
    rules: 'Segment new studies automatically, and those that are already in the archive.',
    models: 'The structures that each model segments, its measured accuracy, and how to add a model.',
    help: 'The documentation of this version: use, administration, integration.',
    api: 'Every call of the REST API, with a form to try it.',
    metrics: 'Plain text for a monitoring system, one figure per line. For people: “Jobs”.',
  } satisfies Record<Exclude<PageName, 'home'>, string>,
  cornerstone: { name: 'Viewer without OHIF', about: 'The panel beside Cornerstone: one page, nothing to install.' },
};

export type Strings = typeof english;

import type { ComparedFinding, InstanceChange, ProtocolPart } from '../../../../server/contract/comparison.js';
import type { ReviewState } from '../../../../server/contract/jobState.js';
import type { UnusedReason } from '../../../../server/contract/registration.js';
import type { StructureRegion } from '../../../../server/contract/structures.js';

/** Texts of the parts of the panel that are fetched when they are first shown, in English. */
export const laterEnglish = {
  norms: {
    ofIntracranial: 'Of the intracranial volume',
    centile: 'Centile for age and sex',
    centileOfShare: 'Centile of that share for age and sex',
    below: (percentile: string) => `below ${percentile}`,
    above: (percentile: string) => `above ${percentile}`,
  },
  unknown: {
    notAmong: (part: string, count: number, model: string) =>
      `“${part}” is not among the ${count} structures of ${model}.`,
    noModel: (part: string, modality: string) =>
      modality === ''
        ? `No installed model segments “${part}”.`
        : `No installed model segments “${part}” on ${modality}.`,
    /** @param elsewhere a model, and the modalities that it reads */
    elsewhere: (model: string, modalities: string) => `${model} does, on ${modalities}.`,
    inOther: (part: string, other: string) => `“${part}” is in the model ${other}.`,
    askOther: (part: string, other: string) => `Segment “${part}” with ${other}`,
    canBeAdded: (models: string) => `Models that can: ${models}.`,
    /** What else the server did not understand; `reason` is its sentence, in English. */
    refused: (_code: string, _part: string, reason: string) => reason,
    /** Why it is not in the image; `reason` is the server's sentence, in English. */
    notFound: (reason: string) => reason,
    browse: 'Browse',
    whoCan: 'How to add one',
  },
  browse: {
    region: 'All structures',
    loading: 'Reading the list.',
    search: (count: number) => (count === 1 ? 'Find in 1 structure' : `Find in ${count} structures`),
    found: (count: number) => (count === 0 ? 'No structure fits.' : count === 1 ? '1 fits.' : `${count} fit.`),
    regions: {
      brain: 'Brain',
      'head-and-neck': 'Head and neck',
      chest: 'Chest',
      abdomen: 'Abdomen',
      pelvis: 'Pelvis',
      spine: 'Spine',
      bones: 'Bones',
      muscles: 'Muscles',
      vessels: 'Vessels',
      tissues: 'Whole body and tissues',
      lesions: 'Lesions',
      other: 'Others',
    } satisfies Record<StructureRegion, string>,
    ticked: (ticked: number, all: number) => (ticked === 0 ? `${all}` : `${ticked} of ${all}`),
    tickAll: (count: number, region: string) => `Tick all ${count} of ${region}`,
    tickNone: (region: string) => `Tick none of ${region}`,
    also: (synonym: string) => `also: ${synonym}`,
    sides: { left: 'L', right: 'R' },
  },
  edit: {
    open: 'Edit with the brush',
    segment: (name: string) => `Edit ${name}`,
    region: (title: string) => `Editing ${title}`,
    painting: 'Painting',
    of: (title: string) => `of “${title}”`,
    lock: 'Lock the other structures',
    lockHint: 'No stroke changes a voxel of another structure.',
    undo: 'Undo',
    redo: 'Redo',
    unchanged: 'Nothing is changed yet.',
    unsaved: 'Unsaved changes.',
    goOn: 'Go on editing',
    done: 'Done',
    store: 'Store edited…',
    storing: 'Storing',
    discard: 'Discard',
    reallyDiscard: 'Discard unsaved changes?',
    keep: 'Keep',
    differences: {
      region: 'What is stored',
      comparing: 'Comparing the voxels.',
      none: 'No voxel is different.',
      change: (before: string, after: string) => `${before} → ${after}`,
      voxels: (added: string, removed: string) => `+${added} −${removed} voxels`,
      shared: (voxels: string) => `${voxels} voxels are over other structures`,
      emptied: 'empty: the structure is left out',
      notPainted: 'not the one that was painted',
      new: 'new',
      store: 'Store',
    },
  },
  box: {
    menu: 'Correct by a box',
    refine: (name: string) => `Correct ${name} by a box`,
    new: 'Box something',
    correcting: (name: string) => `Box for ${name}`,
    draw: 'Draw a rectangle around it on a slice. Escape cancels.',
    /** @param longer side in mm */
    drawn: (longer: number, shorter: number) => `Box of ${longer} × ${shorter} mm. Enter sends it, Escape cancels.`,
    name: 'Name',
    nameExample: 'a structure, or any words',
    through: 'Go on from slice to slice',
    throughHint: 'Otherwise only the slice of the box is marked.',
    mark: 'Mark',
    correct: 'Correct',
    sending: 'Sending',
    cancel: 'Cancel',
    two: 'Another box of this result is in work. This one starts from the result as it is stored.',
    elsewhere: 'The box is on other images, in another frame of reference. Draw it on the images of the result.',
    withoutTool: 'This mode of the viewer has no rectangle to draw.',
    made: 'marked in a box',
    corrected: 'corrected by a box',
  },
  clicks: {
    menu: 'Refine by clicks',
    new: 'Click something',
    newHint: 'Mark a structure by clicks on what is and is not part of it',
    begin: 'Start',
    refine: (name: string) => `Refine ${name} by clicks`,
    title: (name: string) => `Clicks on ${name}`,
    tool: 'What the mouse does',
    tools: {
      click: { name: 'Click', hint: 'C: one place, and what belongs to it' },
      scribble: {
        name: 'Scribble',
        hint: 'S: a line, and what belongs to it',
        how: 'Draw a line over what is missing or too much, in any view.',
      },
      lasso: {
        name: 'Lasso',
        hint: 'L: exactly what is enclosed on its slice; other slices follow',
        how: 'Draw around what is missing or too much, on one slice. Other slices follow.',
      },
    },
    kind: 'What it is on',
    part: 'Part of it',
    notPart: 'Not part of it',
    kindHint: 'Ctrl + click means the other one. X changes over.',
    kindHintOfLines: 'X changes over.',
    how: 'Click where the mask is wrong, in any view. Ctrl + click means the other kind.',
    howNew: 'Click in the middle of it, in any view. Ctrl + click means what is not part of it.',
    work: {
      beginning: 'Reading the images.',
      computing: 'Computing the mask.',
      storing: 'Sending.',
      discarding: 'Discarding.',
    },
    made: (count: number) =>
      count === 1
        ? '1 change, not stored yet. Enter stores it, Escape discards it.'
        : `${count} changes, not stored yet. Enter stores them, Escape discards them.`,
    neighbours: 'Other structures',
    policies: {
      overlapping: 'may overlap with it',
      exclusive: 'lose what it grows into',
      onlyEmpty: 'stop its growth',
    },
    notTaken: (why: string) => `That was not taken. ${why}`,
    outside: 'It was beside the images.',
    elsewhere: 'It was on other images, in another frame of reference.',
    full: (most: number) => `A segment has at most ${most} clicks, scribbles and lassos.`,
    fullOfPoints: (most: number) => `The scribbles and lassos of a segment have at most ${most} points together.`,
    edited: {
      sentence: 'This result has unsaved changes from the brush.',
      nextStep: 'Store or discard them first: clicks start from what is stored.',
    },
    withoutView: {
      sentence: 'Clicks need a stack or MPR view that shows these images.',
      nextStep: 'Choose such a layout and try again.',
    },
    store: 'Store',
    undo: 'Undo',
    undoHint: 'Ctrl + Z',
    redo: 'Redo',
    redoHint: 'Ctrl + Y',
    discard: 'Discard',
    cancel: 'Cancel',
    later: 'Later',
    laterHint: 'Keeps the changes on the server. They can be continued here.',
    keep: 'Keep',
    reallyDiscard: (count: number) => (count === 1 ? 'Discard 1 change?' : `Discard ${count} changes?`),
    endedElsewhere: 'The changes were stored or discarded in another window.',
    open: (name: string, count: number, at: string, by: string | undefined) =>
      `${name}: ${count === 1 ? '1 change' : `${count} changes`} not stored, ${by ? `by ${by}, ` : ''}${at}.`,
    goOn: 'Continue',
    corrected: 'corrected by clicks',
    marked: 'marked by clicks',
    correctedByStrokes: 'corrected by clicks and strokes',
    markedByStrokes: 'marked by clicks and strokes',
  },
  compare: {
    region: 'Comparison',
    with: 'Compare with',
    add: 'Add to the comparison',
    remove: 'Remove from comparison',
    end: 'End',
    /** @param at when it was made */
    other: (title: string, at: string) => `${title} · ${at}`,
    edited: (title: string, at: string) => `${title} · edited ${at}`,
    target: 'Volume in mL',
    difference: (last: string) => `${last} − A`,
    dice: 'Dice',
    noDice: 'Dice is shown if both results are in the viewer, unedited and on the same images.',
  },
  instances: {
    count: (count: number) => (count === 0 ? 'No object' : count === 1 ? '1 object' : `${count} objects`),
    before: 'Previous',
    next: 'Next',
    goTo: (number: number) => `Go to object ${number}`,
    smaller: (count: number, volume: string) =>
      count === 1
        ? `1 smaller is not listed (minimum ${volume}).`
        : `${count} smaller are not listed (minimum ${volume}).`,
  },
  review: {
    all: (count: number) => `Feedback on all ${count}`,
    accept: 'Accept all',
    reject: 'Reject all',
    filter: 'Reviewed',
    everything: (count: number) => `All results (${count})`,
    states: {
      draft: (count: number) => `Not reviewed (${count})`,
      accepted: (count: number) => `Accepted (${count})`,
      edited: (count: number) => `Edited (${count})`,
      rejected: (count: number) => `Rejected (${count})`,
    } satisfies Record<ReviewState, (count: number) => string>,
  },
  overTime: {
    open: 'Compare with before',
    hide: 'Hide the comparison with before',
    region: 'Comparison with an earlier study',
    searching: 'Looking for an earlier study.',
    choose: 'Before',
    /** @param date of the earlier study */
    before: (date: string, days: number, description: string) =>
      [`Before: ${date}`, days === 1 ? '1 day earlier' : `${days} days earlier`, description]
        .filter(Boolean)
        .join(' · '),
    openPrior: 'Open',
    running: (state: string) => `The earlier series is being segmented: ${state}.`,
    notSegmented: (why: string) => `The earlier series was not segmented: ${why}`,
    columns: ['Structure', 'Before, mL', 'Now, mL', 'Change'],
    statuses: {
      'in-both': '–',
      new: 'new',
      'no-longer-found': 'no longer found',
      'in-neither': 'at neither time',
      'not-searched': 'not searched for both times',
    } satisfies Record<ComparedFinding['status'], string>,
    parts: {
      sequence: 'MR sequence',
      contrast: 'Contrast agent',
      orientation: 'Orientation of the slices',
      kernel: 'Kernel',
      'slice-thickness': 'Slice thickness',
      region: 'Region of the body',
      description: 'Series description',
      'pixel-spacing': 'Pixel spacing',
      size: 'Size of the series',
    } satisfies Record<ProtocolPart, string>,
    differs: (part: string, before: string, now: string) => `${part}: ${before} before, ${now} now.`,
    notStated: 'not stated',
    modelsDiffer: 'The model was another version before, so a change may come from it.',
    edited: 'The earlier result was edited; its figures are those of the edit.',
    within: (percent: number) => `within repeatability (${percent} %)`,
    /** @param source the package's own sentence, in English */
    repeatability: (source: string) => `Repeatability: ${source}`,
    /** Of a target of which there may be many. */
    many: (name: string, before: number, now: number, changes: string) =>
      `${name}: ${before} before, ${now} now${changes === '' ? '' : ` (${changes})`}.`,
    instanceStatuses: {
      'in-both': (count: number) => `${count} at both times`,
      new: (count: number) => `${count} new`,
      'no-longer-found': (count: number) => `${count} no longer found`,
      merged: (count: number) => `${count} merged`,
      split: (count: number) => `${count} split`,
      undecided: (count: number) => `${count} undecided`,
    } satisfies Record<InstanceChange['status'], (count: number) => string>,
    notByPlace: 'not matched by place: another frame of reference',
    register: 'Match places after rigid registration',
    registering: 'The images of both times are being registered.',
    registered: (degrees: string, millimetres: string) =>
      `Matched by place after rigid registration (turned ${degrees}°, shifted ${millimetres} mm).`,
    notRegistered: (why: string) => `No registration is used: ${why}`,
    unused: {
      'shows-too-little': 'one of the series shows too little of the patient.',
      'overlaps-little': 'the series have too little of the patient in common.',
      'moves-far': 'it turned or shifted the images by more than it can be trusted with.',
      'not-alike': 'the registered images are not alike enough.',
      mirrored: 'the mirror image of one of the series fits better.',
      failed: 'it could not be computed.',
    } satisfies Record<UnusedReason, string>,
    cautionBefore: (name: string, text: string) => `${name}, before: ${text}`,
    cautionNow: (name: string, text: string) => `${name}, now: ${text}`,
  },
  space: {
    open: '3-D',
    openHint: (title: string) => `Show ${title} in 3-D`,
    region: '3-D view',
    title: '3-D',
    hint: 'Surfaces of what is shown, without the images. Drag or arrow keys turn, wheel or + and − zoom.',
    sides: { front: 'Front', left: 'Left', top: 'Top' },
    back: 'Back to the images',
    scene: (names: string) => (names === '' ? 'Nothing is shown' : `Surfaces: ${names}`),
    busy: (left: number) => (left === 1 ? '1 surface to come.' : `${left} surfaces to come.`),
    nothing: 'No structure is shown. Its eye in the panel shows it.',
    heldBack: (names: string) => `Left out, since a face may be recognised: ${names}.`,
    showAnyway: 'Show all the same',
  },
  style: { opacity: 'Opacity', outline: 'Outline' },
  unreadable: {
    /** Each with the modality, and those that the installed models read. */
    because: {
      'not-served': (modality: string, served: string) =>
        `No installed model reads ${modality}; the installed ones read ${served}.`,
      'no-model-installed': (_modality: string, _served: string) => 'No model is installed on the server.',
      'no-images': (modality: string, _served: string) => `${modality}: this holds no images that could be segmented.`,
      localizer: (modality: string, _served: string) =>
        `This is a scout of the ${modality}, a projection. Models read slices.`,
      capture: (_modality: string, _served: string) =>
        'This is a capture of a screen: its pixels are no measured values. Models read the images it was made of.',
      'single-slice': (modality: string, _served: string) =>
        `This is one ${modality} slice. Models read stacks of slices.`,
    },
    canBeAdded: (models: string, modality: string) => `${models} can be added for ${modality}.`,
    how: 'How to add a model',
    others: 'In this study, models read:',
    noOthers: 'This study has no other series that an installed model reads.',
  },
  picture: { enlarge: 'Enlarge', close: 'Close' },
  figures: {
    show: 'Table',
    hide: 'Hide the table',
    structure: 'Structure',
    size: { volume: 'Volume, mL', area: 'Area, mm²', pixels: 'Size' },
    mean: (unit: string) => `Mean, ${unit}`,
    meanWithoutUnit: 'Mean, a.u.',
    diameter: 'Longest diameter, mm',
    leftToRight: 'L/R',
    copy: 'Copy the table',
    copied: 'Copied, with tabs between the columns.',
    notCopied: 'The browser did not allow it.',
  },
  keys: {
    title: 'Keyboard shortcuts',
    close: 'Close',
    keys: [
      { key: '/', does: 'Go to the prompt' },
      { key: 'Enter', does: 'Segment what is in the prompt' },
      { key: '↓ ↑', does: 'Choose a name while typing' },
      { key: 'Shift + Enter', does: 'Keep the prompt, start another' },
      { key: 'Esc', does: 'Leave the prompt' },
      { key: 'N  P', does: 'Next, previous finding' },
      { key: '1 … 9', does: 'Show or hide a finding (focus in the panel)' },
      { key: '?', does: 'Show or hide this list' },
    ],
  },
  /** Of several structures, to show this one; its label names it. */
  only: 'Only',
  link: {
    copy: 'Copy link',
    copied: 'The link to this result was copied.',
    notCopied: 'The browser did not allow copying. The link:',
  },
  technical: {
    /** A note of a job. */
    note: (note: string) => note,
    summary: 'Technical',
    ran: (model: string, version: string, provider: string) => `Model ${model} ${version} on ${provider}.`,
  },
  presets: {
    shipped: 'For this series',
    own: 'Saved on this server',
    structures: (count: number) => (count === 1 ? '1 structure' : `${count} structures`),
    use: (name: string) => `Use the preset “${name}”`,
  },
};

/** One table of texts. A language with a key too few or too many does not compile. */
export type LaterStrings = typeof laterEnglish;

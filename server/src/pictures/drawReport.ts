import { createRequire } from 'node:module';
import path from 'node:path';
import PdfDocument from 'pdfkit';
import type { Colour } from './canvas.js';

/** A structure as a report lists it. */
export interface ReportedStructure {
  readonly name: string;
  readonly colour: Colour;
  readonly volumeMl: number;
  readonly longestAxialDiameterMm?: number | undefined;
  /** With its unit: "mean 40.1 HU". */
  readonly mean?: string | undefined;
  /** Sentences. */
  readonly cautions: readonly string[];
  /** Its share of the intracranial volume, and its centiles: sentences. */
  readonly norms?: readonly string[] | undefined;
}

export interface ReportInput {
  /** Three planes of the images with the result over them, PNG. */
  readonly planes: Uint8Array;
  /** What was segmented; no patient data. */
  readonly title: string;
  readonly structures: readonly ReportedStructure[];
  /** The model: "ct-tissues 1.0.0". */
  readonly maker: string;
  /** SOP Instance UID of the segmentation. */
  readonly segmentation: string;
  readonly createdAt: Date;
}

/** A4 in points, as all lengths here. */
const [pageWidth, pageHeight, margin] = [595, 842, 42];
const width = pageWidth - 2 * margin;
const greatestPlanesHeight = 250;
const rowHeight = 15;
/** More would leave no room for cautions. */
const mostRows = 18;
/** Where the cautions end. */
const footerTop = pageHeight - margin - 40;

const ink = '#111418';
const dimInk = '#5b6570';
const line = '#c9d0d6';
const columns = [
  { title: 'Structure', left: margin + 14, width: 270, align: 'left' },
  { title: 'Volume, mL', left: margin + 286, width: 70, align: 'right' },
  { title: 'Diameter, mm', left: margin + 358, width: 70, align: 'right' },
  { title: 'Mean', left: margin + 430, width: width - 430, align: 'right' },
] as const;

/** Embedded, because a PACS may have no fonts of its own. */
const inter = path.dirname(createRequire(import.meta.url).resolve('@fontsource/inter/package.json'));
const fontFile = (weight: 400 | 600): string => path.join(inter, `files/inter-latin-${weight}-normal.woff`);

/**
 * A result on one page, as PDF: three planes, a table of the structures and their cautions, "Research use only". What
 * does not fit is counted. No patient data as text. Equal input gives equal bytes.
 */
export async function drawReport(input: ReportInput): Promise<Uint8Array> {
  const { planes, title, structures, maker, segmentation, createdAt } = input;
  const document = new PdfDocument({
    size: 'A4',
    // The page ends where we say so: a text that reaches a margin would begin another one.
    margin: 0,
    lang: 'en',
    displayTitle: true,
    info: { Title: 'Segmentation report', Creator: 'Promptseg', Producer: 'Promptseg', CreationDate: createdAt },
  });
  const chunks: Uint8Array[] = [];
  document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const whole = new Promise<Uint8Array>((resolve, reject) => {
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  document.registerFont('text', fontFile(400)).registerFont('strong', fontFile(600));
  const write = (text: string, left: number, top: number, options: PDFKit.Mixins.TextOptions = {}): void => {
    document.text(printable(text), left, top, { width, lineBreak: false, ellipsis: true, height: 14, ...options });
  };

  document.font('strong').fontSize(17).fillColor(ink);
  write('Segmentation report', margin, margin, { height: 22 });
  document.font('strong').fontSize(10);
  write('Research use only', margin, margin + 5, { align: 'right' });
  document.font('text').fontSize(10).fillColor(dimInk);
  write(title, margin, margin + 25);
  write(`${maker} · ${createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`, margin, margin + 39);

  const planesTop = margin + 60;
  document.image(Buffer.from(planes), margin, planesTop, { fit: [width, greatestPlanesHeight], align: 'center' });
  let top = planesTop + Math.min(greatestPlanesHeight, width * ratioOf(planes)) + 16;

  document.font('strong').fontSize(9).fillColor(dimInk);
  for (const { title: heading, left, width: room, align } of columns) write(heading, left, top, { width: room, align });
  top += rowHeight;
  for (const { name, colour, volumeMl, longestAxialDiameterMm, mean } of structures.slice(0, mostRows)) {
    document
      .moveTo(margin, top - 3)
      .lineTo(margin + width, top - 3)
      .lineWidth(0.5)
      .stroke(line);
    document.rect(margin, top + 1, 8, 8).fill([...colour]);
    document.font('text').fontSize(9).fillColor(ink);
    const cells = [name, figure(volumeMl), figure(longestAxialDiameterMm), mean ?? ''];
    cells.forEach((cell, place) => {
      const { left, width: room, align } = columns[place]!;
      write(cell, left, top, { width: room, align });
    });
    top += rowHeight;
  }
  document.font('text').fontSize(9).fillColor(dimInk);
  if (structures.length > mostRows) {
    write(`and ${structures.length - mostRows} more`, columns[0].left, top);
    top += rowHeight;
  }

  const sentencesOf = (of: (structure: ReportedStructure) => readonly string[]): readonly string[] =>
    structures.flatMap((structure) => of(structure).map((text) => printable(`${structure.name}: ${text}`)));
  const pen = { document, write };
  top = writeSentences(
    pen,
    'Compared with others',
    sentencesOf(({ norms = [] }) => norms),
    top + 8,
  );
  top = writeSentences(
    pen,
    'Reasons for doubt',
    sentencesOf(({ cautions }) => cautions),
    top,
  );
  document.font('text').fontSize(8).fillColor(dimInk);
  const footer = [
    'Made by software from a text prompt. Research use only: not for diagnosis or treatment.',
    'Volume: voxels counted whole. Diameter: longest line within one slice. Mean: of the voxels inside.',
    `Segmentation: ${segmentation}`,
  ];
  footer.forEach((sentence, place) => {
    write(sentence, margin, footerTop + 10 + 11 * place);
  });
  document.end();
  return whole;
}

interface Pen {
  readonly document: PDFKit.PDFDocument;
  readonly write: (text: string, left: number, top: number, options?: PDFKit.Mixins.TextOptions) => void;
}

/** @returns where the next block may begin */
function writeSentences(
  { document, write }: Pen,
  heading: string,
  sentences: readonly string[],
  start: number,
): number {
  if (sentences.length === 0) return start;
  let top = start;
  document.font('strong').fontSize(9).fillColor(dimInk);
  write(heading, margin, top);
  top += rowHeight;
  document.font('text').fontSize(9).fillColor(ink);
  for (const [place, sentence] of sentences.entries()) {
    const height = document.heightOfString(sentence, { width }) + 2;
    // Room for the count of the others.
    if (top + height + rowHeight > footerTop) {
      write(`and ${sentences.length - place} more`, margin, top);
      return top + rowHeight;
    }
    write(sentence, margin, top, { lineBreak: true, ellipsis: false, height });
    top += height;
  }
  return top;
}

/** The fonts have the letters of western Europe. */
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e\xa0-\xff–—‘’“”…·]/gu, '?');

const figure = (value: number | undefined): string =>
  value === undefined ? '–' : String(value < 100 ? Number(value.toPrecision(3)) : Math.round(value));

/** Height by width of a PNG (its IHDR chunk). */
function ratioOf(png: Uint8Array): number {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return view.getUint32(20) / view.getUint32(16);
}

import { type Command, Option } from 'commander';
import { defaultPort } from '../platform/config.js';

/** Options of the commands that call a running server. */
export interface ServerOptions {
  readonly server: string;
  readonly json?: boolean;
}

/**
 * Settings of a worker and of a server. Each has an environment variable, PROMPTSEG_ARCHIVE for --archive and so on.
 * Credentials come only from the environment.
 */
const archive = new Option('--archive <url>', 'DICOMweb root of the archive');
const models = new Option('--models <folder>', 'folder with the model packages');
const executionProvider = new Option(
  '--execution-provider <name>',
  'ONNX Runtime execution provider: auto, cpu, webgpu, cuda, coreml or dml',
);
const ofServer = [
  new Option('--data <folder>', 'folder for queue and records, unless DATABASE_URL is set'),
  new Option('--viewer <folder>', 'folder with the unpacked OHIF application'),
  new Option('--host <address>', 'address to listen on (default 127.0.0.1)'),
  new Option('--port <number>', `port to listen on, 0 for a free one (default ${defaultPort})`),
];
const json = new Option('--json', 'print JSON for programs');
const server = new Option('--server <url>', 'address of the running Promptseg server')
  .env('PROMPTSEG_SERVER')
  .default(`http://127.0.0.1:${defaultPort}`);

const withOptions = (command: Command, ...options: readonly Option[]): Command => {
  for (const option of options) command.addOption(option);
  return command;
};

/** Adds the options of a command that runs models on this machine. */
export const runsModels = (command: Command): Command => withOptions(command, models, executionProvider);

/** Adds the options of a command that runs jobs. */
export const runsJobs = (command: Command): Command => runsModels(withOptions(command, archive));

/** Adds the options of a command that runs or checks a server. */
export const runsServer = (command: Command): Command => withOptions(runsJobs(command), ...ofServer);

/** Adds --json. */
export const printsJson = (command: Command): Command => withOptions(command, json);

/** Adds the option that names a running server. */
export const namesServer = (command: Command): Command => withOptions(command, server);

/** Adds the options of a command that calls a running server. */
export const callsServer = (command: Command): Command => printsJson(withOptions(command, server));

/** What is stored beside a segmentation. */
export interface CompanionOptions {
  readonly measurementReport?: boolean;
  readonly rtStructureSet?: boolean;
  readonly secondaryCapture?: boolean;
  readonly report?: boolean;
  readonly presentationState?: boolean;
}

/** The same as members of a request's `output`. */
export const companionsOf = ({
  measurementReport,
  rtStructureSet,
  secondaryCapture,
  report,
  presentationState,
}: CompanionOptions) => ({ measurementReport, rtStructureSet, secondaryCapture, report, presentationState });

/** Adds the options for what is stored with a result, and where it is sent. */
export const storesResults = (command: Command): Command =>
  command
    .option('--measurement-report', 'also store a structured report with the measurements')
    .option('--rt-structure-set', 'also store an RT Structure Set with the contours')
    .option('--secondary-capture', 'also store a picture of the result as a DICOM image')
    .option('--report', 'also store a report on one page (PDF in DICOM)')
    .option('--presentation-state', 'also store the outlines on the images (GSPS)')
    .option('--destination <name...>', 'also send the results to this destination; repeatable');

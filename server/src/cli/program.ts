import { Command } from 'commander';
import { softwareVersion } from '../platform/softwareVersion.js';
import { addExamples } from './helpExamples.js';

interface CommandFile {
  /** The commands that it adds. */
  readonly names: readonly string[];
  readonly load: () => Promise<(program: Command) => void>;
}

/** In the order of the help. */
const commandFiles: readonly CommandFile[] = [
  { names: ['serve', 'worker'], load: async () => (await import('./runningCommands.js')).addRunningCommands },
  { names: ['segment'], load: async () => (await import('./segment.js')).addSegmentCommand },
  { names: ['refine'], load: async () => (await import('./refine.js')).addRefineCommand },
  { names: ['compare'], load: async () => (await import('./compare.js')).addCompareCommand },
  { names: ['cohort'], load: async () => (await import('./cohort.js')).addCohortCommand },
  { names: ['studies', 'series'], load: async () => (await import('./studies.js')).addStudyCommands },
  { names: ['jobs'], load: async () => (await import('./jobs.js')).addJobsCommand },
  { names: ['download'], load: async () => (await import('./download.js')).addDownloadCommand },
  { names: ['dataset'], load: async () => (await import('./dataset.js')).addDatasetCommand },
  { names: ['models'], load: async () => (await import('./models.js')).addModelCommands },
  { names: ['evaluate'], load: async () => (await import('./evaluate.js')).addEvaluateCommand },
  { names: ['rules'], load: async () => (await import('./rules.js')).addRuleCommands },
  { names: ['keys'], load: async () => (await import('./keys.js')).addKeyCommands },
  { names: ['audit'], load: async () => (await import('./audit.js')).addAuditCommands },
  { names: ['mcp'], load: async () => (await import('./mcp.js')).addMcpCommand },
  { names: ['migrate'], load: async () => (await import('./migrate.js')).addMigrateCommand },
  { names: ['gpu'], load: async () => (await import('./gpu.js')).addGpuCommand },
  { names: ['doctor'], load: async () => (await import('./doctor.js')).addDoctorCommand },
  { names: ['demo', 'viewer'], load: async () => (await import('./packageScripts.js')).addScriptCommands },
];

/**
 * Creates the command line. The code of all commands takes 1.9 s of processor time to load, of which most is the
 * server's, so a known command is loaded alone, and none for `--version`.
 *
 * @param first the first word that was typed: the name of a command, for example; default: all commands
 */
export async function createProgram(first?: string): Promise<Command> {
  const program = new Command('promptseg')
    .description('Type what you want to see; get a DICOM SEG in the PACS. Research use only.')
    .version(softwareVersion, '--version', 'print the version')
    .showHelpAfterError('List commands and options with --help.');
  if (first === '--version') return program;
  const asked = commandFiles.filter(({ names }) => names.some((name) => name === first));
  for (const { load } of asked.length > 0 ? asked : commandFiles) (await load())(program);
  addExamples(program);
  return program;
}

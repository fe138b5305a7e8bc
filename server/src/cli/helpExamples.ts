import type { Command } from 'commander';

/** Examples for each command, shown after its `--help`. */
const examples: Readonly<Record<string, readonly string[]>> = {
  serve: ['serve --archive http://127.0.0.1:8042/dicom-web --viewer "$(node scripts/get-viewer.mjs)"'],
  worker: ['worker --archive http://pacs.example:8042/dicom-web'],
  segment: [
    'segment --input ct.nii.gz --modality CT --prompt "lungs and airways" --output result',
    'segment --input FOLDER_OF_DICOM --prompt "left hippocampus" --output result',
    'segment --study 1.2.3 --series 1.2.3.4 --prompt "lungs and airways"',
  ],
  refine: [
    'refine --study 1.2.3 --series 1.2.3.4 --box -80,-40,1052,-20,30,1052 --name "left kidney"',
    'refine --job 0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11 --segment 2 --box -80,-40,1052,-20,30,1052 --one-slice',
    'refine --study 1.2.3 --series 1.2.3.4 --include -70,-12,1048 --name "left kidney"',
    'refine --job 0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11 --include -70,-12,1048 --exclude -31.5,8,1052',
  ],
  compare: ['compare --job 0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11'],
  cohort: [
    'cohort --query "Modality=MR&StudyDate=20260101-" --prompt "left hippocampus and ventricles" --out hippocampi',
    'cohort --list series.csv --prompt lungs --estimate',
  ],
  studies: ['studies --modality CT --date 2026-01-01..', 'studies --description thorax --json'],
  series: ['series --study 1.2.3'],
  jobs: ['jobs --state failed', 'jobs 0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11'],
  download: ['download 0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11 --output result'],
  dataset: ['dataset --out Dataset001_Kidneys --structure left-kidney right-kidney'],
  models: ['models', 'models head hippocampus'],
  'models sign': ['models sign models/head --key private.pem'],
  'models verify': ['models verify models/head --keys public.pem'],
  evaluate: ['evaluate --dataset Dataset001_Lungs --model ct-tissues --out figures'],
  rules: ['rules list', 'rules validate rules.yaml'],
  'rules list': ['rules list'],
  'rules show': ['rules show chest-ct-lungs'],
  'rules validate': ['rules validate rules.yaml'],
  'rules test': ['rules test chest-ct-lungs --study 1.2.3'],
  'rules apply': ['rules apply rules.yaml'],
  'rules backfill': ['rules backfill --from 2026-01-01 --to 2026-01-31 --wait'],
  'rules backfills': ['rules backfills'],
  'rules cancel-backfill': ['rules cancel-backfill 0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11'],
  'rules enable': ['rules enable chest-ct-lungs'],
  'rules disable': ['rules disable chest-ct-lungs'],
  keys: ['keys list'],
  'keys create': ['keys create --name "nightly cohort" --scope jobs:read jobs:write'],
  'keys list': ['keys list --server http://127.0.0.1:8460'],
  'keys revoke': ['keys revoke 0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11'],
  audit: ['audit list --since 2026-01-31T00:00:00Z'],
  'audit list': ['audit list --study 1.2.3'],
  'audit verify': ['audit verify'],
  'audit export': ['audit export --out trail.jsonl'],
  mcp: ['mcp --server http://127.0.0.1:8460'],
  migrate: ['migrate --from .promptseg --to postgres://promptseg@db.example/promptseg'],
  demo: ['demo', 'demo --once', 'demo --dicom path/to/folder --prompt "left lung and airways"'],
  viewer: ['viewer'],
  gpu: ['gpu install'],
  'gpu install': ['gpu install', 'gpu install --from FOLDER_OF_FILES'],
  'gpu files': ['gpu files'],
  doctor: ['doctor --archive http://127.0.0.1:8042/dicom-web'],
};

/** Adds the examples to a program and all its commands. */
export function addExamples(command: Command, words: readonly string[] = []): void {
  const lines = examples[words.join(' ')];
  if (lines !== undefined)
    command.addHelpText(
      'after',
      `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  npx promptseg ${line}`).join('\n')}`,
    );
  for (const each of command.commands) addExamples(each, [...words, each.name()]);
}

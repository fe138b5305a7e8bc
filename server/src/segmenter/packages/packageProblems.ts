import type { Vocabulary } from '../../values/vocabulary.js';
import type { PackageProblem } from '../families/packageProblem.js';
import { familyOf, promptableFamilyOf } from './families.js';
import type { ModelManifest, PromptableManifest } from './modelManifest.js';

/**
 * Contradictions between the files of a package: references between manifest, vocabulary and files.
 *
 * @param files path inside the package → size in bytes
 */
export function packageProblems(
  manifest: ModelManifest,
  vocabulary: Vocabulary,
  files: ReadonlyMap<string, number>,
): PackageProblem[] {
  return [...vocabularyProblems(manifest, vocabulary), ...familyOf(manifest).problems(manifest, vocabulary, files)];
}

/** The same for a model that knows no names. */
export const promptableProblems = (
  manifest: PromptableManifest,
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] => promptableFamilyOf(manifest).problems(manifest, files);

function vocabularyProblems(manifest: ModelManifest, vocabulary: Vocabulary): PackageProblem[] {
  const problems: PackageProblem[] = [];
  const refuse = (message: string) => problems.push({ file: 'vocabulary.json', message });
  const ids = new Set<string>();
  for (const { id, modalities } of vocabulary.targets) {
    if (ids.has(id)) refuse(`has two targets with the id "${id}"`);
    ids.add(id);
    for (const modality of modalities)
      if (!manifest.modalities.some((known) => known === modality))
        refuse(`gives the target "${id}" the modality ${modality}, which model.json does not name`);
  }
  for (const { name, members } of vocabulary.groups) {
    for (const member of members)
      if (!ids.has(member)) refuse(`has the group "${name}" with the member "${member}", which is not a target`);
    if (new Set(members).size !== members.length) refuse(`has the group "${name}" with a member twice`);
  }
  return problems;
}

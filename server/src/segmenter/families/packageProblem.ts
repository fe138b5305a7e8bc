/** A contradiction in a model package. */
export interface PackageProblem {
  readonly file: string;
  /** The rest of a sentence that begins with the file's name. */
  readonly message: string;
}

/**
 * The files that a manifest names and the package does not have.
 * @param files path inside the package → size in bytes
 */
export const missingFiles = (named: readonly string[], files: ReadonlyMap<string, number>): readonly PackageProblem[] =>
  named
    .filter((file) => !files.has(file))
    .map((file) => ({ file, message: 'is named in model.json but missing from the model package' }));

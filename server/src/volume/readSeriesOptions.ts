export interface ReadSeriesOptions {
  readonly signal: AbortSignal;
  /**
   * Id of the stack of slices to use where the series holds several; for single images id or SOP
   * Instance UID of the image. Absent: chosen by rule.
   */
  readonly stack?: string | undefined;
  /** Called after each instance with the number of instances read so far. */
  readonly onProgress?: ((read: number) => void) | undefined;
}

/** Things that a program has opened; closed in reverse order. */
export interface Closing {
  add(close: () => Promise<unknown>): void;
  /** Closes everything, once. */
  close(): Promise<void>;
}

export function createClosing(): Closing {
  const opened: (() => Promise<unknown>)[] = [];
  return {
    add: (close) => opened.push(close),
    async close() {
      for (const close of opened.splice(0).reverse()) await close();
    },
  };
}

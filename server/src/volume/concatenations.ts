import type { Dataset } from '../dicom/dataset.js';
import { PromptsegError } from '../platform/errors.js';

/**
 * The parts of multi-frame images that are divided among several instances (concatenations, PS3.3 section C.7.6.16.1).
 */
export interface Concatenations {
  /** Notes which part an instance is, if it is one. */
  add(instance: Dataset): void;
  /** @throws PromptsegError `series-incomplete` if a part that the others count is not there */
  requireComplete(): void;
}

export function concatenations(): Concatenations {
  const byUid = new Map<string, { readonly numbers: Set<number>; total: number }>();
  return {
    add(instance) {
      const uid = instance.string('x00209161');
      const number = instance.numberIfSound('x00209162');
      if (uid === undefined || number === undefined) return;
      const parts = byUid.get(uid) ?? { numbers: new Set<number>(), total: 0 };
      parts.numbers.add(number);
      parts.total = Math.max(parts.total, instance.numberIfSound('x00209163') ?? 0, number);
      byUid.set(uid, parts);
    },
    requireComplete() {
      for (const { numbers, total } of byUid.values()) {
        if (numbers.size >= total) continue;
        throw new PromptsegError(
          'series-incomplete',
          `An image of the series is divided into ${total} instances (a concatenation), of which only ` +
            `${numbers.size} ${numbers.size === 1 ? 'is' : 'are'} there.`,
          { details: { parts: total, found: numbers.size } },
        );
      }
    },
  };
}

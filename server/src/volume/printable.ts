/** A code string from a file, reduced to the characters that a code string may contain, for messages. */
export const printable = (code: string): string => code.replace(/[^A-Z0-9_ ]/gi, '').slice(0, 16);

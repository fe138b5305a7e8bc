import { PromptsegError } from '../../platform/errors.js';

/** Parses the number given for an option. @throws PromptsegError `options-invalid` */
export function wholeNumber(text: string, option: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new PromptsegError('options-invalid', `${option} must be a whole number above 0, not ${text}.`);
}

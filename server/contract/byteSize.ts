/**
 * "11.2 GB", "640 MB", "136 kB".
 * @param bytes below 0 counts as 0
 * @param language of the decimal separator
 */
export function formatBytes(bytes: number, language = 'en'): string {
  const format = (value: number, digits: number): string =>
    value.toLocaleString(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: false,
    });
  if (bytes >= 1e9) return `${format(bytes / 1e9, 1)} GB`;
  return bytes >= 1e6 ? `${format(bytes / 1e6, 0)} MB` : `${Math.ceil(Math.max(0, bytes) / 1e3)} kB`;
}

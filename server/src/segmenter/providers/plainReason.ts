/** What ONNX Runtime, CUDA and Dawn say, and what it means, as text after a colon. */
const meanings: readonly (readonly [pattern: RegExp, meaning: (match: RegExpMatchArray) => string])[] = [
  [/libcuda\.so\.1: cannot open shared object file/, () => "NVIDIA's driver is missing (libcuda.so.1)"],
  [/(lib[\w.+-]+\.so[.\d]*): cannot open shared object file/, ([, library]) => `${library} is missing`],
  [
    /driver version is insufficient|CUDA (?:failure|error) 35\b|cudaErrorInsufficientDriver/i,
    () => "NVIDIA's driver is too old for the installed CUDA libraries",
  ],
  [/no CUDA-capable device|cudaErrorNoDevice|CUDA (?:failure|error) 100\b/i, () => 'there is no NVIDIA GPU'],
  [
    /invalid device ordinal|cudaErrorInvalidDevice|CUDA (?:failure|error) 101\b/i,
    () => 'there is no GPU of the number that PROMPTSEG_GPU names',
  ],
  [
    /no kernel image is available|cudaErrorNoKernelImageForDevice/i,
    () => 'the GPU is older than the installed CUDA libraries support',
  ],
  [
    /version `[^']+' not found \(required by [^)]*?([^/)]+)\)/,
    ([, library]) => `${library} is of another version than the libraries around it`,
  ],
  [/undefined symbol: \S+/, () => 'its libraries are of different versions'],
];

/** Longer messages are cut. */
const longest = 200;

/**
 * ONNX Runtime's reason why an execution provider does not start, in one line without this machine's paths.
 * @returns text after a colon, without a full stop
 */
export function plainReason(message: string): string {
  for (const [pattern, meaning] of meanings) {
    const match = message.match(pattern);
    if (match !== null) return meaning(match);
  }
  // Messages begin with the failed function and condition, and may have several lines.
  const said = message.replace(/^.* was false\. /s, '').trim();
  return (said.split('\n', 1)[0] || 'no reason given').replace(/\.+$/, '').slice(0, longest);
}

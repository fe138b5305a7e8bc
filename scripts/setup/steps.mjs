/** A step that cannot be done: what happened, and what to do about it. It is shown without a stack trace. */
export class SetupError extends Error {
  /** @override */
  name = 'SetupError';
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const interactive = process.stdout.isTTY === true && process.env.CI !== 'true';
/** Without a terminal (a log file, CI), a long step reports at this interval that it is still running. */
const signOfLifeMs = 15_000;

/**
 * Runs one step and shows it as one line: title, check mark or cross, and the seconds it took. On a terminal the line
 * is updated while the step runs; elsewhere a line is printed at the end, and every 15 s before that.
 *
 * @template T
 * @param {string} title What the step does.
 * @param {(note: (text: string) => void) => Promise<T> | T} work `note` replaces the remark after the title; the last
 * remark stays.
 * @returns {Promise<T>} The result of `work`. Its error is rethrown after the cross was shown.
 */
export async function step(title, work) {
  const start = performance.now();
  let remark = '';
  let tick = 0;
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const line = (/** @type {string} */ mark) => `${mark} ${title}${remark === '' ? '' : `: ${remark}`}  ${seconds()}`;
  const drawMoving = () => {
    const columns = process.stdout.columns ?? 80;
    process.stdout.write(`\r\x1b[K${line(spinner[tick++ % spinner.length] ?? '·').slice(0, columns - 1)}`);
  };
  const timer = setInterval(
    () => (interactive ? drawMoving() : console.log(line('…'))),
    interactive ? 100 : signOfLifeMs,
  );
  const end = (/** @type {string} */ mark) => {
    clearInterval(timer);
    console.log(`${interactive ? '\r\x1b[K' : ''}${line(mark)}`);
  };
  try {
    const result = await work((text) => {
      remark = text;
    });
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}

/**
 * Ends the program on an error: the message of a `SetupError`, all details of a defect of ours.
 *
 * @param {unknown} error
 * @returns {never}
 */
export function exitWith(error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exit(1);
}

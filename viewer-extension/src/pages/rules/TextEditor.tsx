import { useRef } from 'react';
import { Banner } from '../parts/Banner.js';
import { strings } from './strings.js';
import type { RuleEditor } from './useRuleEditor.js';

const linesShown = 12;

/** The rule as YAML, and what is wrong with it, by line. */
export function TextEditor({ editor, isReadOnly }: { editor: RuleEditor; isReadOnly: boolean }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const { text, shownProblems: problems, toFillIn, advice, trouble } = editor;
  const words = strings.text;
  const lines = text.split('\n');
  const goTo = (line: number): void => {
    const start = lines.slice(0, line - 1).reduce((length, each) => length + each.length + 1, 0);
    area.current?.focus();
    area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  const wrong = new Set(problems?.map(({ line }) => line));
  return (
    <section aria-labelledby="as-text">
      <h3 id="as-text">{words.heading}</h3>
      <div className="yaml">
        <ol aria-hidden="true">
          {lines.map((_line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing but its number
            <li key={index} data-wrong={wrong.has(index + 1)} />
          ))}
        </ol>
        <textarea
          ref={area}
          aria-label={words.label}
          aria-invalid={(problems?.length ?? 0) > 0}
          aria-describedby="text-problems"
          wrap="off"
          spellCheck={false}
          readOnly={isReadOnly}
          rows={Math.max(linesShown, lines.length)}
          value={text}
          onChange={({ target }) => editor.setText(target.value)}
        />
      </div>
      <div id="text-problems" role="status">
        {problems === undefined && trouble === undefined && <p className="fine">{words.checking}</p>}
        {problems?.length === 0 && toFillIn.length === 0 && <p className="fine valid">{words.valid}</p>}
        {problems && problems.length > 0 && (
          <ul className="problems">
            {problems.map(({ pointer, line, message, lang }) => (
              <li key={`${pointer} ${message}`}>
                {line !== undefined && (
                  <button type="button" className="quiet" aria-label={words.goTo(line)} onClick={() => goTo(line)}>
                    {words.place(line)}
                  </button>
                )}{' '}
                <code>{pointer.slice(1).replaceAll('/', ' › ')}</code> <span lang={lang}>{message}</span>
              </li>
            ))}
          </ul>
        )}
        {advice.map((sentence) => (
          <p key={sentence} className="advice" lang="en">
            {sentence}
          </p>
        ))}
      </div>
      {trouble && <Banner kind="error" sentence={trouble.sentence} nextStep={trouble.nextStep} />}
      <p className="fine">{words.hint}</p>
    </section>
  );
}

import type { DestinationsView } from '../../../../server/contract/destinations.js';
import { Choices } from './Choices.js';
import { membersOf } from './conditionForm.js';
import { Problems, problemsAt } from './Field.js';
import { companionOutputs, type FormProps, objectOrNothing } from './formParts.js';
import { strings } from './strings.js';

const source = 'source';

/** What is made, and where it goes. */
export function DeliveryFields({
  draft,
  problems,
  destinations,
  onMember,
}: FormProps & { destinations: DestinationsView['destinations'] }) {
  const text = strings.form;
  const output = membersOf(draft.output) ?? {};
  const segmentation = (['labelmap', 'fractional'] as const).find((each) => each === output.segmentation) ?? 'binary';
  const setOutput = (change: Readonly<Record<string, unknown>>): void =>
    onMember('output', objectOrNothing(output, change));

  const chosen = Array.isArray(draft.destinations) ? draft.destinations.map(String) : [source];
  const known = new Map(destinations.map(({ name, kind }) => [name, text.destinationKinds[kind]]));
  const toggle = (name: string, isChosen: boolean): void => {
    const next = isChosen ? [...chosen, name] : chosen.filter((each) => each !== name);
    onMember('destinations', next.length === 1 && next[0] === source ? undefined : next);
  };
  return (
    <div className="card">
      <Choices
        label={text.segmentation}
        value={segmentation}
        choices={text.segmentations}
        onValue={(next) => setOutput({ segmentation: next === 'binary' ? undefined : next })}
      />
      <fieldset className="plain choices">
        <legend className="name">{text.result}</legend>
        {companionOutputs.map((name) => (
          <label key={name} className="check">
            <input
              type="checkbox"
              checked={output[name] === true}
              onChange={({ target }) => setOutput({ [name]: target.checked || undefined })}
            />
            {text[name]}
          </label>
        ))}
      </fieldset>
      <Problems problems={problemsAt(problems, '/output')} />
      <fieldset className="plain choices">
        <legend className="name">{text.destinations}</legend>
        {[...new Set([source, ...known.keys(), ...chosen])].map((name) => (
          <label key={name} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={({ target }) => toggle(name, target.checked)}
            />
            {name === source ? (
              text.destinationKinds.source
            ) : (
              <>
                {name} <span className="fine">{known.get(name) ?? text.missingDestination}</span>
              </>
            )}
          </label>
        ))}
      </fieldset>
      <Problems problems={problemsAt(problems, '/destinations')} />
      {(chosen.some((name) => name !== source) || draft.holdUntilAccepted === true) && (
        <label className="check">
          <input
            type="checkbox"
            checked={draft.holdUntilAccepted === true}
            onChange={({ target }) => onMember('holdUntilAccepted', target.checked || undefined)}
          />
          {text.holdUntilAccepted}
        </label>
      )}
    </div>
  );
}

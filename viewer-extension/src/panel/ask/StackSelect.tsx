import { strings } from '../../client/strings.js';

interface StackSelectProps {
  readonly stacks: readonly { readonly id: string; readonly description: string }[];
  /** Id of the chosen one; undefined: by rule. */
  readonly chosen: string | undefined;
  readonly onChoose: (id: string | undefined) => void;
}

/** Whether there are single images to choose from, "image-1" and "image-2", rather than stacks of slices. */
export const singleImages = (stacks: StackSelectProps['stacks']): boolean =>
  stacks.every(({ id }) => /^image(-\d+)*$/.test(id));

/**
 * Which stack of slices of the series is segmented, where it holds several, such as its echoes or phases; or which of
 * its images.
 */
export function StackSelect({ stacks, chosen, onChoose }: StackSelectProps) {
  if (stacks.length < 2) return null;
  const areImages = singleImages(stacks);
  return (
    <label className="promptseg-stack" data-promptseg="stack">
      <span>{strings.stacks.label(stacks.length, areImages)}</span>
      <select value={chosen ?? ''} onChange={({ target }) => onChoose(target.value === '' ? undefined : target.value)}>
        <option value="">{areImages ? strings.stacks.shown : strings.stacks.byRule}</option>
        {stacks.map(({ id, description }) => (
          <option key={id} value={id}>
            {description}
          </option>
        ))}
      </select>
    </label>
  );
}

import { decimal } from '../../client/format.js';
import { strings } from './strings.js';

const { licences } = strings.add;

/**
 * Published models that can be converted; facts of models/tools/converters and of their authors, memory as in
 * docs/develop/model-packages.md: on a CPU, one window or slice with four to eight prompts.
 */
const published = [
  {
    name: 'SAT-Nano',
    images: 'CT, MR, PT',
    structures: '451',
    memory: '9–13 GB',
    licence: licences.none,
    converter: 'sat-nano',
  },
  {
    name: 'SAT-Pro',
    images: 'CT, MR, PT',
    structures: '451',
    memory: '> 13 GB',
    licence: licences.none,
    converter: 'sat-pro',
  },
  {
    name: 'BiomedParse v1',
    images: 'CT, MR, DX, US, OP, ES',
    structures: '74',
    memory: `${decimal(3.9, 1)} GB`,
    licence: 'CC BY-NC-SA 4.0',
    converter: 'biomedparse',
  },
  {
    name: 'BiomedParse v2 (MedImageParse3D)',
    images: 'CT, MR, PT',
    structures: '152',
    memory: `${decimal(2, 1)} GB`,
    licence: licences.biomedparse3d,
    converter: 'medimageparse3d',
  },
  {
    name: 'VoxTell',
    images: 'CT, MR, PT',
    structures: strings.add.yourTexts,
    memory: '26 GB',
    licence: licences.ofWeights,
    converter: 'voxtell',
  },
  {
    name: 'nnInteractive',
    images: 'CT, MR, PT',
    structures: strings.add.whatIsClicked,
    memory: '7 GB',
    licence: 'CC BY-NC-SA 4.0',
    converter: 'nninteractive',
  },
] as const;

/** How a model is added, step by step, and which published ones there are. */
export function AddModel() {
  const { add } = strings;
  return (
    <section id="add" className="model" aria-labelledby="add-name">
      <h2 id="add-name">{add.title}</h2>
      <p>{add.intro}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: in a narrow window it scrolls, by keyboard too */}
      <section className="wide" aria-label={add.model} tabIndex={0}>
        <table className="published">
          <thead>
            <tr>
              <th scope="col">{add.model}</th>
              <th scope="col">{strings.facts.images}</th>
              <th scope="col">{strings.facts.structures}</th>
              <th scope="col">{add.memory}</th>
              <th scope="col">{add.licence}</th>
              <th scope="col">{add.converter}</th>
            </tr>
          </thead>
          <tbody>
            {published.map(({ name, images, structures, memory, licence, converter }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{images}</td>
                <td>{structures}</td>
                <td>{memory}</td>
                <td>{licence}</td>
                <td>
                  <code>{converter}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p>
        {add.notMeasured} <a href="/help/administer/add-a-model">{add.walkThrough}</a>
      </p>
      <ol className="steps">
        {add.steps.map(({ text, command }) => (
          <li key={text}>
            {text}
            {command !== undefined && <code>{command}</code>}
          </li>
        ))}
      </ol>
    </section>
  );
}

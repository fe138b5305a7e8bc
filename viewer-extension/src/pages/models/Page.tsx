import { useEffect } from 'react';
import { pageStrings } from '../../client/pageStrings.js';
import { Banner } from '../parts/Banner.js';
import { PageTop } from '../parts/PageTop.js';
import { AddModel } from './AddModel.js';
import { BoxModelCard } from './BoxModelCard.js';
import { ModelCard } from './ModelCard.js';
import { strings } from './strings.js';
import { useModels } from './useModels.js';

/** The page `/models`: the structures of each installed model, its accuracy, and how to add another model. */
export function Page() {
  const { models, promptable, refused, trouble, connection } = useModels();
  useScrollToPart(models !== undefined);
  return (
    <>
      <PageTop title={strings.title} connection={connection} />
      <main className="width">
        {trouble && <Banner kind="error" sentence={trouble.sentence} nextStep={trouble.nextStep} />}
        {refused.map(({ folder, reason }) => (
          <Banner key={folder} kind="warning" sentence={strings.refused(folder, reason)} />
        ))}
        {models?.length === 0 && promptable.length === 0 && <p>{strings.none}</p>}
        {models?.map((model) => (
          <ModelCard key={model.id} model={model} />
        ))}
        {promptable.map((model) => (
          <BoxModelCard key={model.id} model={model} />
        ))}
        <AddModel />
      </main>
      <footer className="width">{pageStrings.researchOnly}</footer>
    </>
  );
}

/** The part that the address names is there only after the models are. */
function useScrollToPart(isThere: boolean): void {
  useEffect(() => {
    if (isThere && location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [isThere]);
}

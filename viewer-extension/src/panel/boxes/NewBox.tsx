import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { AskingApi } from '../../client/asking.js';
import { laterStrings } from '../../client/laterStrings.js';
import { NameField } from '../ask/NameField.js';
import type { ActiveSeries } from '../host.js';
import { BoxBar } from './BoxBar.js';
import type { BoxStore } from './boxStore.js';

const texts = laterStrings.box;

interface NewBoxProps {
  readonly api: Pick<AskingApi, 'suggest'>;
  readonly boxes: BoxStore;
  readonly series: ActiveSeries;
}

/** A box around something that gets a name: one that a model knows, with its code, or any other words. */
export function NewBox({ api, boxes, series }: NewBoxProps) {
  const { boxing } = useSyncExternalStore(boxes.subscribe, boxes.state);
  const [name, setName] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const isDrawn = boxing?.box !== undefined;
  useEffect(() => {
    // The box is there, the name is what is missing.
    if (isDrawn) field.current?.focus();
  }, [isDrawn]);
  return (
    <BoxBar
      boxes={boxes}
      title={texts.new}
      images={series}
      name={name.trim()}
      hasName={name.trim() !== ''}
      throughSlices
      send={texts.mark}
    >
      <NameField api={api} series={series} name={name} onName={setName} field={field} part="box-name" />
    </BoxBar>
  );
}

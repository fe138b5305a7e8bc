import { createRoot } from 'react-dom/client';
import { shownText } from '../../../../server/contract/shownText.js';
import { language } from '../../client/strings/language.js';
import { mountPanel } from '../../panel/frame/mountPanel.js';
import { toTrouble } from '../parts/toTrouble.js';
import { Bar } from './Bar.js';
import { createCornerstoneHost } from './cornerstone/cornerstoneHost.js';
import { startCornerstone } from './cornerstone/startCornerstone.js';
import { listSeries } from './imageSeries.js';
import { readOneStudy } from './listStudies.js';
import { StudyLine } from './StudyLine.js';
import { strings } from './strings.js';
import { Viewports } from './viewports.js';

document.documentElement.lang = language;
const element = (id: string): HTMLElement => document.getElementById(id)!;
const say = (text: string): void => {
  element('message').textContent = shownText(text);
};

try {
  // As OHIF names it; of several studies the first.
  await openStudy(new URLSearchParams(location.search).get('StudyInstanceUIDs')?.split(',')[0] ?? '');
} catch (error) {
  console.error(error);
  say(toTrouble(error).sentence);
}

async function openStudy(studyInstanceUID: string): Promise<void> {
  say(strings.loading);
  const [engine, study, series] = await Promise.all([
    startCornerstone(),
    readOneStudy(studyInstanceUID),
    listSeries(studyInstanceUID),
  ]);
  createRoot(element('study')).render(<StudyLine study={study} />);
  const viewports = new Viewports(engine, element('viewports'), studyInstanceUID);
  createRoot(element('bar')).render(
    <Bar series={series} viewports={viewports} onTrouble={(error) => say(toTrouble(error).sentence)} />,
  );
  mountPanel(element('panel'), createCornerstoneHost(viewports));
  const [first] = series;
  if (first === undefined) return say(strings.noImages);
  await viewports.open(first.seriesInstanceUID);
  say('');
}

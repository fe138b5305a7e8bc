import '../parts/base.css';
import './studies.css';
import { pageStrings as common } from '../../client/pageStrings.js';
import { language } from '../../client/strings/language.js';
import { renderPage } from '../parts/renderPage.js';
import { StudyList } from './StudyList.js';
import { strings } from './strings.js';

document.documentElement.lang = language;
document.title = `${strings.studies} · ${common.product}`;
renderPage(<StudyList />);

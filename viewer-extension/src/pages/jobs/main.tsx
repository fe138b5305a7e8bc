import '../parts/base.css';
import './styles.css';
import { pageStrings } from '../../client/pageStrings.js';
import { language } from '../../client/strings/language.js';
import { renderPage } from '../parts/renderPage.js';
import { Page } from './Page.js';
import { strings } from './strings.js';

document.documentElement.lang = language;
document.title = `${strings.title} · ${pageStrings.product}`;
renderPage(<Page />);

/** The head of the pages of the documentation, which are written when the package is built (`helpPages.mjs`). */
import '../parts/base.css';
import './styles.css';
import { pageStrings } from '../../client/pageStrings.js';
import { language } from '../../client/strings/language.js';
import { PageTop } from '../parts/PageTop.js';
import { renderPage } from '../parts/renderPage.js';

document.documentElement.lang = language;
renderPage(<PageTop title={pageStrings.links.help} />, 'top');

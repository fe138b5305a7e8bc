/** The readable page of the REST API: OpenAPI Explorer shows the document that the server makes of its routes. */
import '../parts/base.css';
import './styles.css';
import 'openapi-explorer';
import { pageStrings } from '../../client/pageStrings.js';
import { language } from '../../client/strings/language.js';
import { PageTop } from '../parts/PageTop.js';
import { renderPage } from '../parts/renderPage.js';

document.documentElement.lang = language;
renderPage(<PageTop title={pageStrings.links.api} />, 'top');

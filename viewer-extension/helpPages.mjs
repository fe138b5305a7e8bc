import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { marked } from 'marked';

const repository = path.resolve(import.meta.dirname, '..');
const firstPage = 'docs/README.md';

/**
 * The documentation as HTML pages: that of docs/README.md as `index.html`, and a page for every Markdown file of the
 * repository that a page links to. Links between them become links below `/help`; a link to any other file of the
 * repository becomes plain text, since a server does not have those files.
 * @param {string} outdir folder for the pages and their pictures
 * @param {(title: string, body: string) => string} page the whole HTML of a page
 * @throws Error where a page links to a file that is not there
 */
export async function writeHelpPages(outdir, page) {
  const sources = new Map();
  const waiting = [firstPage];
  for (const file of waiting) {
    if (sources.has(file)) continue;
    const tokens = marked.lexer(await readFile(path.join(repository, file), 'utf8'));
    sources.set(file, tokens);
    marked.walkTokens(tokens, (token) => {
      const target = token.type === 'link' ? targetOf(token.href, file) : undefined;
      if (target?.endsWith('.md')) waiting.push(target);
    });
  }
  const contents = contentsOf(sources.get(firstPage));
  for (const [file, tokens] of sources) {
    const title = tokens.find(({ type }) => type === 'heading').text.replaceAll('`', '');
    const article = marked.parser(tokens, { ...marked.defaults, renderer: rendererOf(file) });
    const place = path.join(outdir, `${pageOf(file) || 'index'}.html`);
    await mkdir(path.dirname(place), { recursive: true });
    const nav = navigation(contents, file);
    await writeFile(place, page(title, `${nav}\n<article lang="en">\n${article}</article>`));
  }
}

/** The file of the repository that a link leads to; undefined for an address elsewhere and within the page. */
function targetOf(href, from) {
  if (/^(https?:|mailto:|#)/.test(href)) return undefined;
  return path.posix.join(path.posix.dirname(from), href.split('#')[0]);
}

/** "use/panel" for docs/use/panel.md, '' for the first page, "models/head/CARD" for a page outside docs. */
const pageOf = (file) => (file === firstPage ? '' : file.replace(/^docs\//, '').replace(/\.md$/, ''));
const addressOf = (file) => `/help/${pageOf(file)}`.replace(/\/$/, '');

/** Headings and links of the first page, for the list beside every page. */
function contentsOf(tokens) {
  const groups = [];
  for (const token of tokens) {
    if (token.type === 'heading' && token.depth === 2) groups.push({ name: token.text, pages: [] });
    if (token.type !== 'list' || groups.length === 0) continue;
    marked.walkTokens([token], (each) => {
      const file = each.type === 'link' ? targetOf(each.href, firstPage) : undefined;
      if (file?.endsWith('.md')) groups.at(-1).pages.push({ name: each.text, file });
    });
  }
  return groups;
}

function navigation(groups, current) {
  const link = ({ name, file }) =>
    `<li><a href="${addressOf(file)}"${file === current ? ' aria-current="page"' : ''}>${name}</a></li>`;
  const lists = groups.map(({ name, pages }) => `<h2>${name}</h2><ul>${pages.map(link).join('')}</ul>`);
  return `<nav class="contents" aria-label="Documentation" lang="en">${lists.join('\n')}</nav>`;
}

function rendererOf(file) {
  const renderer = new marked.Renderer();
  const { link, heading } = renderer;
  renderer.link = function (href, title, text) {
    const target = targetOf(href, file);
    if (target === undefined) return link.call(this, href, title, text);
    const [, part] = href.split('#');
    if (!target.endsWith('.md')) return text;
    return link.call(this, addressOf(target) + (part === undefined ? '' : `#${part}`), title, text);
  };
  renderer.image = (href, _title, text) => {
    const alt = text.replaceAll('"', '&quot;').replaceAll('\n', ' ');
    return `<img src="/help/images/${path.posix.basename(href)}" alt="${alt}">`;
  };
  // The page's own heading is above the first of the document.
  renderer.heading = function (text, level, raw, slugger) {
    return heading.call(this, text, Math.min(6, level + 1), raw, slugger);
  };
  // What scrolls is reached by keyboard.
  renderer.table = (header, body) =>
    `<div class="wide" tabindex="0"><table><thead>${header}</thead><tbody>${body}</tbody></table></div>\n`;
  renderer.code = (code) =>
    `<pre tabindex="0"><code>${code.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code></pre>\n`;
  return renderer;
}

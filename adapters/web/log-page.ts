import type { LogLine, LogPage } from '../../core/pages/index.ts';
import { type Html, html, none } from './html.ts';

/** Lines that one answer carries. */
export const logLines = 400;

/** The log of a task's workers: the newest lines, with the older ones behind. The script makes it follow, page and search. */
export const logSection = (task: number, page: LogPage, query: string): Html => html`<h2 id="log">Log</h2>
<form class="filters" method="get" action="/tasks/${task}/log" role="search">
<label>Search the log<input type="search" name="q" value="${query}" maxlength="200"></label><button>Search</button>
<button type="button" class="button" id="follow" aria-pressed="true" hidden>Follow</button></form>
<p class="quiet" id="log-state" role="status">${query === '' ? none : `${page.lines.length}${page.older === null ? '' : ' newest'} lines with “${query}”`}</p>
${page.older === null ? none : html`<p class="without-script"><a href="/tasks/${task}/log?before=${page.older}${query === '' ? '' : `&q=${encodeURIComponent(query)}`}">Older lines</a></p>`}
<div class="log" role="log" aria-live="off" aria-label="Log of #${task}" tabindex="0" data-task="${task}" data-query="${query}">${logBlock(page)}</div>`;

/** Some lines, with the cursors of what stands before and after them. */
export const logBlock = ({ lines, older, newer, hasNewer }: LogPage): Html =>
  html`<div class="block" data-older="${older ?? ''}" data-newer="${newer ?? ''}"${hasNewer ? html` data-more` : none}>${lines.map(line)}</div>`;

const signs: Record<LogLine['kind'], string> = {
  started: '▶',
  says: '💬',
  tool: '·',
  commit: '●',
  check: '?',
  steered: '✎',
  log: ' ',
};

const line = ({ at, kind, label, ok, text }: LogLine): Html =>
  html`<p class="line"><time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().slice(11, 19)}</time> ${ok === null ? signs[kind] : ok ? '✔' : '✖'} ${label === '' || label === null ? none : html`<strong>${label}</strong> `}${text}</p>`;

import type { LogLine, LogPage } from '../../core/pages/index.ts';
import { type Html, html, none } from './html.ts';

/** Lines that one answer carries. */
export const logLines = 100;

/** The log of a task's workers: the newest lines, with the older ones behind. The script makes it follow, page and search. */
export const logSection = (task: number, page: LogPage, query: string): Html => html`<h2 id="log">Log</h2>
<form class="filters" method="get" action="/tasks/${task}/log" role="search">
<label>Search the log<input type="search" name="q" value="${query}" maxlength="200"></label><button>Search</button>
<button type="button" class="button" id="stop" hidden>Stop</button>
<button type="button" class="button" id="follow" aria-pressed="true" hidden>Follow</button></form>
<p class="quiet" id="log-state" role="status">${query === '' ? none : found(page, query)}</p>
${page.older === null ? none : beyond(task, 'before', page.older, query, 'Older lines')}
<div class="log" role="log" aria-live="off" aria-label="Log of #${task}" tabindex="0" data-task="${task}" data-query="${query}">${logBlock(page, query)}</div>
${page.hasNewer && page.newer !== null ? beyond(task, 'after', page.newer, query, 'Newer lines') : none}`;

/** Some lines, with the cursors of what stands before and after them. What was searched for is marked. */
export const logBlock = ({ lines, older, newer, hasNewer }: LogPage, query: string): Html =>
  html`<div class="block" data-older="${older ?? ''}" data-newer="${newer ?? ''}"${hasNewer ? html` data-more` : none}>${lines.map((one) => line(one, query))}</div>`;

/** The way on for who has no script. */
const beyond = (task: number, way: 'before' | 'after', cursor: string, query: string, label: string): Html =>
  html`<p class="without-script"><a class="button" href="/tasks/${task}/log?${new URLSearchParams({ [way]: cursor, ...(query === '' ? {} : { q: query }) })}#log">${label}</a></p>`;

/** One answer looks at some thousand lines: what it does not find may stand beyond them. */
function found({ lines, older, hasNewer }: LogPage, query: string): string {
  const isAll = older === null && !hasNewer;
  const count = lines.length === 0 ? 'No line' : lines.length === 1 ? '1 line' : `${lines.length} lines`;
  return `${count} with “${query}”${isAll ? '.' : ' in this part of the log.'}`;
}

const signs: Record<LogLine['kind'], string> = {
  started: '▶',
  says: '💬',
  tool: '·',
  commit: '●',
  check: '?',
  steered: '✎',
  log: ' ',
};

const line = ({ at, kind, label, ok, text }: LogLine, query: string): Html =>
  html`<p class="line"><time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().slice(11, 19)}</time> ${ok === null ? signs[kind] : ok ? '✔' : '✖'} ${label === '' || label === null ? none : html`<strong>${marked(label, query)}</strong> `}${marked(text, query)}</p>`;

const marked = (text: string, query: string): string | Html[] =>
  query === ''
    ? text
    : text
        .split(new RegExp(`(${query.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')})`, 'iu'))
        .map((part, index) => (index % 2 === 1 ? html`<mark>${part}</mark>` : html`${part}`));

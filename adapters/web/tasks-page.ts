import type { TaskFilter, TaskList } from '../../core/pages/index.ts';
import { type Html, html, none } from './html.ts';
import { livePart, taskCard } from './page-parts.ts';

/** The list of tasks with its filters. */
export function tasksPage(list: TaskList, filter: TaskFilter, query: string): Html {
  return html`<div class="bar"><h1>Tasks</h1>${filters(list, filter)}</div>
${livePart('task asks', `/tasks${query}`, taskLists(list, filter))}`;
}

/** What changes on it while it is open. */
export function taskLists({ open, openCount, finished, older }: TaskList, filter: TaskFilter): Html {
  const now = Date.now();
  return html`
${
  filter.done === true
    ? none
    : html`<h2>Open</h2>${open.length === 0 ? html`<p class="quiet">No open tasks. <a href="/chat">Say what to work on</a>, in your own words.</p>` : html`<ul class="cards">${open.map((task) => taskCard(task, now, false))}</ul>`}
${openCount > open.length ? html`<p class="quiet">${openCount - open.length} more: narrow the list.</p>` : none}`
}
${finished.length === 0 ? none : html`<h2>Finished</h2><ul class="cards">${finished.map((task) => taskCard(task, now, true))}</ul>`}
${older === null ? none : html`<p><a class="button" href="/tasks?done=1&amp;before=${older}${narrowed(filter)}">Older</a></p>`}`;
}

/** The open tasks beside the chat. */
export const tasksBeside = ({ open }: TaskList): Html => {
  const now = Date.now();
  return html`<h2>Tasks</h2>${open.length === 0 ? html`<p class="quiet">None is open.</p>` : html`<ul class="cards">${open.map((task) => taskCard(task, now, true))}</ul>`}`;
};

const narrowed = ({ repo, person }: TaskFilter): string =>
  `${repo === undefined ? '' : `&repo=${encodeURIComponent(repo)}`}${person === undefined ? '' : `&person=${person}`}`;

const filters = (
  { choices }: TaskList,
  filter: TaskFilter,
): Html => html`<details class="narrow"${isNarrowed(filter) ? html` open` : none}><summary class="button">Filter</summary><form class="filters" method="get" action="/tasks">
<label>Project <select name="repo"><option value="">All</option>${choices.repos.map((repo) => option(repo, repo, repo === filter.repo))}</select></label>
<label>Person <select name="person"><option value="">Everybody</option>${choices.people.map(({ id, name }) => option(String(id), name, id === filter.person))}</select></label>
<label>Show <select name="done"><option value="">Open and finished</option>${option('0', 'Open', filter.done === false)}${option('1', 'Finished', filter.done === true)}</select></label>
<button>Show</button></form></details>`;

const isNarrowed = ({ repo, person, done }: TaskFilter): boolean => (repo ?? person ?? done) !== undefined;

const option = (value: string, label: string, chosen: boolean): Html =>
  html`<option value="${value}"${chosen ? html` selected` : none}>${label}</option>`;

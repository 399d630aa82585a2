import type { ProjectItem, ProjectPage } from '../../core/pages/index.ts';
import { count, money } from '../../core/words/time.ts';
import { safeUrl } from './act-form.ts';
import { type Html, html, none } from './html.ts';
import { livePart, placeName, taskCard } from './page-parts.ts';

/** The repositories that work can be asked for. */
export const projectsPage = (projects: readonly ProjectItem[]): Html => html`<div class="bar"><h1>Projects</h1></div>
${livePart('projects task', '/projects', projectList(projects))}`;

/** What changes on it while it is open. */
export const projectList = (projects: readonly ProjectItem[]): Html =>
  projects.length === 0
    ? html`<p class="quiet">None yet. An owner adds one by writing <code>/project add OWNER/REPO</code> in <a href="/chat">the chat</a>.</p>`
    : html`<ul class="cards">${projects.map(({ repo, open, finished }) => html`<li class="card"><h2 class="title"><a href="/projects/${repo}">${repo}</a></h2><div class="note">${count(open, 'open task')}, ${finished} finished</div></li>`)}</ul>`;

/** One of them. */
export const projectPage = (
  project: ProjectPage,
): Html => html`<div class="bar"><h1>${project.repo}</h1><a class="button" href="${safeUrl(project.url)}" target="_blank" rel="noopener noreferrer">Open on GitHub</a></div>
${livePart('projects task', `/projects/${project.repo}`, projectParts(project))}`;

/** What changes on it while it is open. */
export function projectParts(project: ProjectPage): Html {
  const { pulls, channels, people, usage, tasks } = project;
  const now = Date.now();
  return html`
<h2>Open pull requests</h2>${pulls.length === 0 ? html`<p class="quiet">None.</p>` : html`<ul>${pulls.map(({ number, url, task, title }) => html`<li><a href="${safeUrl(url)}" target="_blank" rel="noopener noreferrer">PR ${number}</a> of <a href="/tasks/${task}">#${task} ${title}</a></li>`)}</ul>`}
<h2>Settings</h2><dl class="facts">
<dt>Base</dt><dd><code>${project.defaultBranch}</code></dd>
<dt>Own approval</dt><dd>${project.selfApproval ? 'who asks for work may approve it' : 'somebody else has to approve'}</dd>
<dt>CI</dt><dd>${project.withoutCi ? 'none, a person said' : 'must be green'}</dd>
<dt>Checks</dt><dd>${project.checks === null ? 'the project’s own test command' : project.checks.map(({ name, command }) => html`<div>${name}: <code>${command}</code></div>`)}</dd>
<dt>Channels</dt><dd>${channels.length === 0 ? 'none' : channels.map((place) => html`<div>${placeName(place)} ${place.channel}</div>`)}</dd>
<dt>Cost</dt><dd>${money(usage.today)} today, ${money(usage.week)} in 7 days, ${money(usage.month)} in 30</dd>
${people === null ? none : html`<dt>People</dt><dd>${people.map(({ name, role }) => `${name} (${role})`).join(', ')}</dd>`}
</dl>
<h2>Open tasks</h2>${tasks.open.length === 0 ? html`<p class="quiet">None.</p>` : html`<ul class="cards">${tasks.open.map((task) => taskCard(task, now, true))}</ul>`}
${tasks.finished.length === 0 ? none : html`<h2>Finished</h2><ul class="cards">${tasks.finished.map((task) => taskCard(task, now, true))}</ul>`}
${tasks.older === null ? none : html`<p><a class="button" href="/tasks?done=1&amp;repo=${encodeURIComponent(project.repo)}&amp;before=${tasks.older}">Older</a></p>`}`;
}

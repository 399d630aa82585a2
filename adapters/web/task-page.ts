import type { RunItem, TaskPage } from '../../core/pages/index.ts';
import { count, exactTime, money, span } from '../../core/words/time.ts';
import { hidden } from './act-form.ts';
import { stepsHtml } from './doc.ts';
import { type Html, html, none } from './html.ts';
import { askCard } from './inbox-page.ts';
import { markdown } from './markdown.ts';
import { livePart, since, taskLinks } from './page-parts.ts';

/** All there is to know of one task. The live log follows below, on its own. */
export const taskPage = (task: TaskPage): Html => html`<div class="bar"><h1>#${task.number} ${task.title}</h1></div>
${livePart(`task:${task.number} asks`, `/tasks/${task.number}`, taskParts(task))}`;

/** What changes on it while it is open. */
export function taskParts(task: TaskPage): Html {
  const now = Date.now();
  const back = `/tasks/${task.number}`;
  return html`
<div class="text">${markdown(task.why.text)}</div>
<div class="links note">${taskLinks(task)}</div>
${task.openAsks.length === 0 ? none : html`<h2 id="asks">Waits for an answer</h2><ul class="cards">${task.openAsks.map((ask) => askCard(ask, now, back))}</ul>`}
<h2>Progress</h2>
${stepsHtml(task.steps)}
${deeds(task, back)}
<h2>Facts</h2>
<dl class="facts">
<dt>Branch</dt><dd><code>${task.branch}</code> from <code>${task.base}</code></dd>
<dt>Model</dt><dd>${task.model}</dd>
<dt>Started by</dt><dd>${task.person.name ?? 'somebody who left'}, ${since(task.createdAt, now)}</dd>
<dt>Cost</dt><dd>${money(task.spentUsd)} of ${money(task.budgetUsd)}${task.spending.length > 1 ? html` (${task.spending.map(({ day, usd }) => `${day}: ${money(usd)}`).join(', ')})` : none}</dd>
${task.diff ? html`<dt>Changes</dt><dd>${count(task.diff.files, 'file')}, +${task.diff.additions} −${task.diff.deletions}</dd>` : none}
${task.files.length === 0 ? none : html`<dt>Files</dt><dd>${task.files.map(({ id, name }) => html`<a href="/tasks/${task.number}/files/${id}">${name}</a> `)}</dd>`}
</dl>
<h2>Brief</h2><div class="text">${markdown(task.brief)}</div>
${task.plan === null ? none : html`<h2>Plan</h2><details${task.phase === 'approval' ? html` open` : none}><summary class="button">Read the plan</summary><div class="text">${markdown(task.plan)}</div></details>`}
${task.runs.length === 0 ? none : html`<h2>Runs</h2>${runs(task.runs, now)}`}
<h2>What happened</h2><ol class="timeline">${task.timeline.map(happened)}</ol>`;
}

const deeds = ({ number, deeds: { steer, retry, cancel } }: TaskPage, back: string): Html => html`<div class="buttons">
${steer ? html`<details class="words"><summary class="button">Tell the worker…</summary><form method="post" action="/act">${hidden({ command: `steer #${number}`, back })}<label>What should it know?<textarea name="text" rows="3" required maxlength="20000" data-draft="steer"></textarea></label><button class="button primary">Tell it</button></form></details>` : none}
${retry ? html`<form method="post" action="/act">${hidden({ command: `retry #${number}`, back })}<button>Try again</button></form>` : none}
${cancel ? html`<details class="words"><summary class="button danger">Cancel…</summary><form method="post" action="/act">${hidden({ command: `cancel #${number}`, back })}<p>Its worker stops and its issue and pull request are closed. The branch stays.</p><button class="button danger">Cancel the task</button></form></details>` : none}
</div>`;

const runs = (
  all: readonly RunItem[],
  now: number,
): Html => html`<div class="wide" role="region" aria-label="Runs" tabindex="0"><table><thead><tr><th scope="col">Run</th><th scope="col">Began</th><th scope="col">Took</th><th scope="col">Tries</th><th scope="col">Came to</th></tr></thead>
<tbody>${all.map((run) => html`<tr><th scope="row">${run.n}. ${run.kind}</th><td>${run.startedAt === null ? 'waits' : since(run.startedAt, now)}</td><td>${run.startedAt === null ? '' : span((run.endedAt ?? now) - run.startedAt)}</td><td>${run.attempts.map(({ n, state, outcome, durationMs }) => html`<div>${n}: ${outcome === '' ? state : outcome}, ${span(durationMs)}</div>`)}</td><td class="lines">${run.outcome ?? 'goes on'}</td></tr>`)}</tbody></table></div>`;

const happened = ({ at, who, what, where }: TaskPage['timeline'][number]): Html =>
  html`<li><time class="note" datetime="${new Date(at).toISOString()}">${exactTime(at)}</time><span>${who === null ? none : html`<strong>${who}</strong> `}${what}${where === null ? none : html` <span class="note">(${where})</span>`}</span></li>`;

/** Small pieces that several pages share. */
import type { Place } from '../../core/domain/chat.ts';
import type { TaskItem } from '../../core/pages/index.ts';
import { platformName } from '../../core/words/names.ts';
import { ago, exactTime, money } from '../../core/words/time.ts';
import { safeUrl } from './act-form.ts';
import { stepsHtml } from './doc.ts';
import { type Html, html, none } from './html.ts';
import { markdown } from './markdown.ts';

/** A part of a page that keeps itself up to date: which changes concern it, and where it is read again. */
export const livePart = (topics: string, source: string, content: Html): Html =>
  html`<div data-topics="${topics}" data-src="${source}">${content}</div>`;

/** How long ago, with the exact time for who wants it. */
export const since = (at: number, now: number): Html =>
  html`<time datetime="${new Date(at).toISOString()}" title="${exactTime(at)}">${ago(at, now)}</time>`;

const link = (label: string, url: string): Html =>
  html`<a href="${safeUrl(url)}" target="_blank" rel="noopener noreferrer">${label}</a>`;

/** Where a task can be seen elsewhere. */
export const taskLinks = ({ number, repo, issue, pull, place }: TaskItem): Html => html`
<a href="/projects/${repo}">${repo}</a>
${issue ? link(`Issue ${issue.number}`, issue.url) : none}
${pull ? link(`PR ${pull.number}`, pull.url) : none}
${place.thread ? html`<a href="/tasks/${number}/thread" target="_blank" rel="noopener noreferrer">from ${placeName(place)}</a>` : html`<span>from ${placeName(place)}</span>`}`;

/** A place in words: `Slack, direct message`. */
export const placeName = ({ platform, dm, thread }: Place): string =>
  platform === 'web' ? 'this page' : `${platformName(platform)}${dm ? ', direct message' : thread ? ', a thread' : ''}`;

const waits = ({ holder, asks, final }: TaskItem): boolean =>
  !final && (asks > 0 || holder === 'you' || holder === 'reviewer');

/** A task in a list; all of it leads to its page. `isBrief`: who holds it in one clause, without its steps. */
export function taskCard(task: TaskItem, now: number, isBrief: boolean): Html {
  const { number, title, asks, spentUsd, budgetUsd, person } = task;
  const cost = html`<span>${money(spentUsd)} of ${money(budgetUsd)}</span>`;
  const by = person.name === null ? none : html`<span>${person.name}</span>`;
  return html`<li class="card task${waits(task) ? ' waits' : ''}" id="task-${number}">
<h3><a href="/tasks/${number}${asks > 0 ? '#asks' : ''}">#${number} ${title}</a></h3>
<div class="text">${markdown(isBrief ? task.short : task.sentences)}</div>
${isBrief ? none : stepsHtml(task.steps)}
<div class="links note">${asks > 0 && !isBrief ? html`<a class="button primary" href="/tasks/${number}#asks">Answer</a>` : none}${isBrief ? since(task.since, now) : none}${cost}${by}${isBrief ? none : taskLinks(task)}</div></li>`;
}

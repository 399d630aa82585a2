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
export const taskLinks = ({ repo, issue, pull, place }: TaskItem): Html => html`<div class="links note">
<a href="/projects/${repo}">${repo}</a>
${issue ? link(`Issue ${issue.number}`, issue.url) : none}
${pull ? link(`PR ${pull.number}`, pull.url) : none}
<span>from ${placeName(place)}</span></div>`;

/** A place in words: `Slack, direct message`. */
export const placeName = ({ platform, dm, thread }: Place): string =>
  platform === 'web' ? 'this page' : `${platformName(platform)}${dm ? ', direct message' : thread ? ', a thread' : ''}`;

const waits = ({ holder, asks, final }: TaskItem): boolean =>
  !final && (asks > 0 || holder === 'you' || holder === 'reviewer');

/** A task in a list. `brief` leaves the steps out. */
export const taskCard = (
  task: TaskItem,
  now: number,
  isBrief: boolean,
): Html => html`<li class="card${waits(task) ? ' waits' : ''}" id="task-${task.number}">
<h3><a href="/tasks/${task.number}">#${task.number} ${task.title}</a></h3>
<div class="text">${markdown(isBrief ? task.short : task.sentences)}</div>
${task.asks > 0 ? html`<a class="button primary" href="/tasks/${task.number}#asks">Answer</a>` : none}
${isBrief ? none : stepsHtml(task.steps)}
<div class="note">${task.phase}, ${since(task.since, now)} · ${money(task.spentUsd)} of ${money(task.budgetUsd)}${task.person.name === null ? none : html` · ${task.person.name}`}</div>
${isBrief ? none : taskLinks(task)}</li>`;

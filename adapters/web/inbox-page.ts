import type { AskItem, InboxPage, SettledItem } from '../../core/pages/index.ts';
import { moment } from '../../core/words/later.ts';
import { docHtml } from './doc.ts';
import { type Html, html, none } from './html.ts';
import { livePart, since } from './page-parts.ts';

/** All that waits for a person. */
export const inboxPage = (inbox: InboxPage): Html =>
  html`<div class="bar"><h1>Inbox</h1></div>${livePart('asks task', '/inbox', inboxLists(inbox))}`;

/** What changes on it while it is open. */
export function inboxLists({ waiting, snoozed, others, settled }: InboxPage): Html {
  const now = Date.now();
  return html`
${waiting.length === 0 ? html`<p class="quiet">Nothing waits for you.</p>` : html`<ul class="cards">${waiting.map((ask) => askCard(ask, now, '/inbox'))}</ul>`}
${section(
  'Put off',
  snoozed.map((ask) => askCard(ask, now, '/inbox')),
)}
${section(
  'Wait for others',
  others.map((ask) => askCard(ask, now, '/inbox')),
)}
${section(
  'Answered',
  settled.map((ask) => settledCard(ask, now)),
)}`;
}

const section = (title: string, cards: readonly Html[]): Html =>
  cards.length === 0 ? none : html`<h2>${title}</h2><ul class="cards">${cards}</ul>`;

/** One ask, with its buttons where the reader may press them. */
export const askCard = (
  ask: AskItem,
  now: number,
  back: string,
): Html => html`<li class="card${ask.mayAnswer && ask.snoozedUntil === null ? ' waits' : ''}" id="ask-${ask.id}">
${docHtml(ask.card, { back })}
<div class="links note">${back === `/tasks/${ask.task}` ? none : html`<a href="/tasks/${ask.task}">Open #${ask.task}</a>`}<span>asked ${since(ask.since, now)}</span>${ask.blocked ? html`<span>a worker waits</span>` : none}${ask.snoozedUntil === null ? none : html`<span>comes again ${moment(ask.snoozedUntil, now, here)}</span>`}${ask.mayAnswer || ask.whoMay.length === 0 ? none : html`<span>may be answered by ${ask.whoMay.join(', ')}</span>`}</div></li>`;

/** The machine's time zone, in which all times on the pages are. */
const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const settledCard = (
  { id, task, title, at, card }: SettledItem,
  now: number,
): Html => html`<li class="card" id="ask-${id}">
${docHtml(card, { back: '/inbox' })}
<div class="links note"><a href="/tasks/${task}">#${task} ${title}</a>${since(at, now)}</div></li>`;

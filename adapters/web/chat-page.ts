import type { WebMessage } from '../../core/store/web.ts';
import { ago, clock, exactTime } from '../../core/words/time.ts';
import { hidden } from './act-form.ts';
import { docHtml } from './doc.ts';
import { type Html, html, none } from './html.ts';

/** What is shown in the page; all else is offered to be saved. */
export const isImage = /^image\/(?:png|jpeg|gif|webp)$/;

/** How many messages a page of the chat shows. */
export const messagesShown = 50;

/** The chat with the assistant: what was said, oldest first, and where to say more. */
export const chatPage = (
  messages: readonly WebMessage[],
  working: boolean,
  isAll: boolean,
): Html => html`<div class="chat">
<h1 class="unseen">Chat</h1>
<div>
${isAll ? none : html`<p><a class="button" href="/chat?before=${messages[0]?.id ?? 0}">Earlier</a></p>`}
<div class="messages" id="messages" role="log" aria-label="Conversation">${messages.length === 0 ? html`<p class="quiet empty">Say what to work on, in your own words. Nothing is started before you confirm it.</p>` : messages.map(messageHtml)}</div>
<div data-topics="working" data-src="/chat/working">${workingHtml(working)}</div>
</div>
<form class="composer" method="post" action="/chat/say" enctype="multipart/form-data">${hidden({})}
<p class="attach" role="alert"></p>
<label><span class="unseen">Message</span><textarea name="text" rows="1" maxlength="20000" placeholder="Write to Mainloop" data-draft="chat"></textarea></label>
<button class="button primary">Send</button>
<details class="attach"><summary class="note">Attach files</summary><label class="note">At most 5, 10 MB together<input type="file" name="files" multiple></label></details>
</form></div>`;

/** The assistant is at work. */
export const workingHtml = (working: boolean): Html =>
  working ? html`<p class="quiet working" role="status">Mainloop is thinking</p>` : none;

/** One message, whoever said it. */
export function messageHtml(message: WebMessage): Html {
  const { id, author, at, doc, text, files, streaming } = message;
  const isBot = author === 'bot';
  const isCard = doc !== null && (doc.title ?? doc.steps ?? doc.buttons) !== undefined;
  const thumb = isBot && takesThumb(message) ? thumbForm(message) : none;
  return html`<article class="message ${author}${streaming ? ' streaming' : ''}" id="m${id}">
<header><strong>${isBot ? 'Mainloop' : 'You'}</strong> ${said(at, Date.now())}</header>
<div class="body${isCard ? ' card' : ''}">${doc ? docHtml(thumb === none ? doc : { ...doc, note: undefined }, { message: String(id), back: '/chat' }, thumb) : html`<div class="lines">${text}</div>`}${files.map((file) => html`<p>${isImage.test(file.mimeType) ? html`<img src="/chat/files/${file.handle}" alt="${file.name}">` : html`<a href="/chat/files/${file.handle}">${file.name}</a>`}</p>`)}</div>
${streaming ? stop(id) : none}</article>`;
}

/** Today's by the clock, which stays true while the page is open. */
const said = (at: number, now: number): Html =>
  html`<time datetime="${new Date(at).toISOString()}" title="${exactTime(at)}">${now - at < 24 * 60 * 60_000 ? clock(at) : ago(at, now)}</time>`;

const stop = (id: number): Html =>
  html`<form method="post" action="/chat/stop">${hidden({ message: String(id) })}<button>Stop</button></form>`;

/** A thumb says yes here too, while the card asks for one. */
const takesThumb = ({ doc, botReactions }: WebMessage): boolean =>
  (doc?.buttons ?? []).length > 0 && botReactions.includes('yes') && (doc?.note ?? '').includes('👍');

const thumbForm = ({ id, personReactions }: WebMessage): Html =>
  html`<form method="post" action="/chat/react">${hidden({ message: String(id), emoji: 'yes', on: personReactions.includes('yes') ? '' : 'on', back: '/chat' })}<button aria-pressed="${personReactions.includes('yes')}">👍<span class="unseen"> yes</span></button></form>`;

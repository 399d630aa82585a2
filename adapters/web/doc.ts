import type { Doc, ProgressStep, StepState } from '../../core/domain/chat.ts';
import { buttonForm, type FormSite } from './act-form.ts';
import { type Html, html, none } from './html.ts';
import { markdown } from './markdown.ts';

/** A neutral message as a piece of a page: title, text, steps, small print, attachment, buttons. `more` stands beside these. */
export const docHtml = (doc: Doc, site: FormSite, more: Html = none): Html => html`
  ${doc.title === undefined ? none : html`<h2 class="title">${doc.title}</h2>`}
  <div class="text">${markdown(doc.text)}</div>
  ${doc.steps === undefined ? none : stepsHtml(doc.steps)}
  ${doc.attachment === undefined ? none : attachmentHtml(doc.attachment)}
  ${doc.note === undefined ? none : html`<div class="note">${markdown(doc.note)}</div>`}
  ${(doc.buttons ?? []).length === 0 ? none : buttonsHtml(doc, site, more)}`;

/** What destroys stands last, away from where the thumb goes. */
const buttonsHtml = ({ buttons = [] }: Doc, site: FormSite, more: Html): Html => {
  const ordered = buttons.flat().toSorted((a, b) => Number(a.style === 'danger') - Number(b.style === 'danger'));
  return html`<div class="buttons">${ordered.map((button) => buttonForm(button, site))}${more}</div>`;
};

const states: Record<StepState, { sign: string; word: string }> = {
  pending: { sign: '○', word: 'to come' },
  running: { sign: '▶', word: 'running' },
  done: { sign: '✔', word: 'done' },
  failed: { sign: '✖', word: 'failed' },
  paused: { sign: '⏸', word: 'waits' },
};

/** A task's way, step by step. */
export const stepsHtml = (steps: readonly ProgressStep[]): Html =>
  html`<ol class="steps">${steps.map(
    ({ title, state, detail }) => html`<li class="${state}">
      <span class="sign" aria-hidden="true">${states[state].sign}</span>
      <span>${title}<span class="unseen">, ${states[state].word}</span>${detail === undefined ? none : html` <span class="detail">· ${detail}</span>`}</span>
    </li>`,
  )}</ol>`;

const attachmentHtml = ({ name, text }: { name: string; text: string }): Html => {
  const body = /\.md$/i.test(name) ? markdown(text) : html`<pre tabindex="0">${text}</pre>`;
  return html`<details class="attachment"><summary>${name}</summary><div class="text">${body}</div></details>`;
};

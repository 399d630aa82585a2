import { type Context, Hono } from 'hono';
import { newNonce } from './act-form.ts';
import type { Acted } from './acts.ts';
import type { AppParts } from './app.ts';
import { chatPage, messageHtml, messagesShown, workingHtml } from './chat-page.ts';
import { docHtml } from './doc.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { frameFor, inboxOver, sendFile } from './page-routes.ts';
import { type Signed, wantsJson } from './session.ts';
import { tasksBeside } from './tasks-page.ts';

/** Open tasks beside the chat. */
const beside = 20;

/** The conversation with the assistant, and everything that is pressed or written anywhere on the pages. */
export function chatRoutes(parts: Pick<AppParts, 'acts' | 'pages' | 'store'>): Hono<Signed> {
  const { acts, pages, store } = parts;
  return new Hono<Signed>()
    .get('/chat', async (context) => {
      const reader = context.get('reader');
      const before = numberIn(context.req.query('before'));
      const around = await frameFor(parts, context, { title: 'Chat', tab: 'chat' });
      const [messages, isWorking, tasks] = await Promise.all([
        store.web.page(reader.id, before, messagesShown),
        store.web.isWorking(reader.id, Date.now()),
        pages.tasks(reader, { done: false, limit: beside }),
      ]);
      const side = html`<aside class="side" aria-label="Open tasks" data-topics="task asks" data-src="/tasks/beside">${tasksBeside(tasks)}</aside>${inboxOver}`;
      return context.html(page(around, chatPage(messages, isWorking, messages.length < messagesShown), side));
    })
    .get('/tasks/beside', async (context) =>
      context.html(tasksBeside(await pages.tasks(context.get('reader'), { done: false, limit: beside }))),
    )
    .get('/chat/working', async (context) =>
      context.html(workingHtml(await store.web.isWorking(context.get('reader').id, Date.now()))),
    )
    .get('/chat/messages/:id{[0-9]{1,15}}', async (context) => {
      const message = await store.web.get(context.get('reader').id, Number(context.req.param('id')));
      return message ? context.html(messageHtml(message)) : context.notFound();
    })
    .get('/chat/files/:handle', async (context) => {
      const file = await store.web.file(context.req.param('handle'), context.get('reader').id);
      return file ? sendFile(context, file) : context.notFound();
    })
    .post('/chat/say', async (context) => {
      const { text, files, nonce } = await context.req.parseBody({ all: true });
      const attached = [files].flat().filter((file): file is File => file instanceof File && file.size > 0);
      const words = {
        text: one(text),
        nonce: one(nonce),
        files: await Promise.all(
          attached.map(async (file) => ({
            name: file.name,
            mimeType: file.type || 'application/octet-stream',
            bytes: new Uint8Array(await file.arrayBuffer()),
          })),
        ),
      };
      await acts.say(context.get('reader').id, words);
      return done(context, '/chat');
    })
    .post('/act', async (context) => {
      const body = await context.req.parseBody();
      const reader = context.get('reader').id;
      const common = { nonce: one(body.nonce), message: one(body.message) || null };
      const fields = Object.fromEntries(
        Object.entries(body).flatMap(([name, value]) =>
          name.startsWith('field.') ? [[name.slice(6), one(value)]] : [],
        ),
      );
      const token = one(body.token);
      if (body.command !== undefined) {
        const text = `/${one(body.command)} ${one(body.text)}`.trim();
        return done(context, one(body.back), await acts.say(reader, { text, files: [], nonce: common.nonce }));
      }
      const acted =
        Object.keys(fields).length > 0
          ? await acts.submit(reader, { token, fields, ...common })
          : await acts.press(reader, { token, values: [], ...common });
      return done(context, one(body.back), acted);
    })
    .post('/chat/react', async (context) => {
      const { message, emoji, on, nonce } = await context.req.parseBody();
      const reaction = {
        message: one(message),
        emoji: one(emoji),
        on: one(on) !== '',
        nonce: one(nonce),
      };
      await acts.react(context.get('reader').id, reaction);
      return done(context, '/chat');
    })
    .post('/chat/stop', async (context) => {
      const { message } = await context.req.parseBody();
      await acts.stop(context.get('reader').id, { message: one(message) || null });
      return done(context, '/chat');
    });
}

/**
 * What came of a form: for the script as JSON, for others a way back to the page where it was sent, and nowhere else,
 * whatever the form says.
 */
async function done(context: Context, back: string, acted: Acted = { answer: null }): Promise<Response> {
  const to = new URL(/^\/(?![/\\])/.test(back) ? back : '/chat', 'http://page');
  // In the chat the answer is a message.
  const answer = to.pathname === '/chat' ? null : acted.answer;
  if (wantsJson(context)) {
    const told = answer ? String(await docHtml(answer.doc, { message: String(answer.id), back })) : '';
    return context.json({ told, nonce: newNonce() });
  }
  if (answer) to.searchParams.set('told', String(answer.id));
  return context.redirect(to.pathname + to.search + to.hash, 303);
}

const one = (value: unknown): string => (typeof value === 'string' ? value : '');

const numberIn = (text: string | undefined): number | null => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : null);

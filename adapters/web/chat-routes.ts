import { type Context, Hono } from 'hono';
import { newNonce } from './act-form.ts';
import type { Acted } from './acts.ts';
import type { AppParts } from './app.ts';
import { chatPage, messageHtml, messagesShown, workingHtml } from './chat-page.ts';
import { docHtml } from './doc.ts';
import { formIn, textIn } from './form.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { frameFor, inboxOver, sendFile } from './page-routes.ts';
import { type Signed, wantsJson } from './session.ts';
import { tasksBeside } from './tasks-page.ts';

/** Characters of a way back. */
const longestPath = 2_000;

/** Open tasks beside the chat. */
const beside = 20;

/** The conversation with the assistant, and everything that is pressed or written anywhere on the pages. */
export function chatRoutes(parts: Pick<AppParts, 'acts' | 'pages' | 'store' | 'oidc'>): Hono<Signed> {
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
      const form = await formIn(context);
      const attached = [form.files].flat().filter((file): file is File => file instanceof File && file.size > 0);
      const words = {
        text: textIn(form, 'text'),
        nonce: textIn(form, 'nonce'),
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
      const form = await formIn(context);
      const [token, back, nonce] = [textIn(form, 'token'), textIn(form, 'back'), textIn(form, 'nonce')];
      const reader = context.get('reader').id;
      // What a page offers to do is what its reader could as well type: a command says who they are no more than that.
      if (form.command !== undefined) {
        const text = `/${textIn(form, 'command')} ${textIn(form, 'text')}`.trim();
        return done(context, back, await acts.say(reader, { text, files: [], nonce }));
      }
      const fields = Object.fromEntries(
        Object.keys(form).flatMap((name) => (name.startsWith('field.') ? [[name.slice(6), textIn(form, name)]] : [])),
      );
      const act = { token, nonce, message: textIn(form, 'message') || null };
      const acted =
        Object.keys(fields).length > 0
          ? await acts.submit(reader, { ...act, fields })
          : await acts.press(reader, { ...act, values: [] });
      return done(context, back, acted);
    })
    .post('/chat/react', async (context) => {
      const form = await formIn(context);
      const on = textIn(form, 'on') !== '';
      const [message, emoji, nonce] = [textIn(form, 'message'), textIn(form, 'emoji'), textIn(form, 'nonce')];
      await acts.react(context.get('reader').id, { message, emoji, on, nonce });
      return done(context, '/chat');
    })
    .post('/chat/stop', async (context) => {
      await acts.stop(context.get('reader').id, { message: textIn(await formIn(context), 'message') || null });
      return done(context, '/chat');
    });
}

/**
 * What came of a form: for the script as JSON, for others a way back to the page where it was sent, and nowhere else,
 * whatever the form says.
 */
async function done(context: Context, back: string, acted: Acted = { answer: null }): Promise<Response> {
  const to = new URL(back.startsWith('/') && back.length <= longestPath ? back : '/chat', 'http://page');
  // However it is written: two slashes would begin the name of another site.
  to.pathname = to.pathname.replace(/^\/+/, '/');
  // In the chat the answer is a message.
  const answer = to.pathname === '/chat' ? null : acted.answer;
  if (wantsJson(context)) {
    const told = answer ? String(await docHtml(answer.doc, { message: String(answer.id), back })) : '';
    return context.json({ told, nonce: newNonce() });
  }
  if (answer) to.searchParams.set('told', String(answer.id));
  return context.redirect(to.pathname + to.search + to.hash, 303);
}

const numberIn = (text: string | undefined): number | null => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : null);

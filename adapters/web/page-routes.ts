import { type Context, Hono } from 'hono';
import type { TaskFilter } from '../../core/pages/index.ts';
import type { AppParts } from './app.ts';
import { isImage } from './chat-page.ts';
import { docHtml } from './doc.ts';
import { type Html, html } from './html.ts';
import { inboxLists, inboxPage } from './inbox-page.ts';
import { type Frame, page, tabs } from './layout.ts';
import { logBlock, logLines, logSection } from './log-page.ts';
import { projectList, projectPage, projectParts, projectsPage } from './projects-page.ts';
import type { Signed } from './session.ts';
import { taskPage, taskParts } from './task-page.ts';
import { taskLists, tasksPage } from './tasks-page.ts';

/** Tasks of a list at once. */
const listed = 50;
type Parts = Pick<AppParts, 'pages' | 'store' | 'oidc' | 'linkTo'>;

/** What stands around a page for its reader: how much waits, where the feed stood, what the last form came to. */
export async function frameFor(
  { pages, store, oidc }: Parts,
  context: Context<Signed>,
  own: Pick<Frame, 'title' | 'tab' | 'scripts'>,
): Promise<Frame> {
  const reader = context.get('reader');
  const since = await store.changes.now();
  const told = Number(context.req.query('told') ?? 0);
  const message = Number.isSafeInteger(told) && told > 0 ? await store.web.get(reader.id, told) : null;
  return {
    ...own,
    since,
    reader: { name: reader.name, badges: await pages.badges(reader), hasProvider: oidc !== undefined },
    ...(message?.doc ? { told: docHtml(message.doc, { message: String(message.id), back: context.req.path }) } : {}),
  };
}

/** The inbox over whatever page, on a wide screen. */
export const inboxOver: Html = html`<dialog id="inbox" aria-label="Inbox" closedby="any"><form class="bar" method="dialog"><h2>Inbox</h2><button>Close</button></form><div class="told" role="status"></div><div data-topics="asks" data-src="/inbox"><p class="quiet">Reading…</p></div></dialog>`;

/** Whether only what changes is asked for, by the script that keeps the page up to date. */
const isPart = (context: Context): boolean => context.req.header('x-part') !== undefined;

/** Tasks, inbox, projects: all that is read. */
export function pageRoutes(parts: Parts): Hono<Signed> {
  const { pages } = parts;
  const frame = (context: Context<Signed>, own: Parameters<typeof frameFor>[2]) => frameFor(parts, context, own);
  /** The page, or where only that is asked for its part; not found where the reader may not see it. */
  async function show<T>(
    context: Context<Signed>,
    own: Parameters<typeof frameFor>[2],
    read: () => Promise<T | null>,
    draw: { whole: (data: T) => Html; part: (data: T) => Html },
  ) {
    // The frame first: what changes after it is told live.
    const around = isPart(context) ? null : await frame(context, own);
    const data = await read();
    if (data === null) return context.notFound();
    return context.html(around ? page(around, draw.whole(data), inboxOver) : draw.part(data));
  }

  return new Hono<Signed>()
    .get('/badges', async (context) =>
      context.html(tabs(context.req.query('tab') ?? '', await pages.badges(context.get('reader')))),
    )
    .get('/tasks', (context) => {
      const filter = filterOf(context);
      const { search } = new URL(context.req.url);
      return show(context, { title: 'Tasks', tab: 'tasks' }, () => pages.tasks(context.get('reader'), filter), {
        whole: (list) => tasksPage(list, filter, search),
        part: (list) => taskLists(list, filter),
      });
    })
    .get('/tasks/:number{[0-9]{1,9}}', async (context) => {
      const number = Number(context.req.param('number'));
      const log = isPart(context) ? null : await pages.log(context.get('reader'), number, { limit: logLines });
      return show(
        context,
        { title: `#${number}`, tab: 'tasks', scripts: ['log.js'] },
        () => pages.task(context.get('reader'), number),
        { whole: (task) => html`${taskPage(task)}${log ? logSection(number, log, '') : ''}`, part: taskParts },
      );
    })
    .get('/tasks/:number{[0-9]{1,9}}/thread', async (context) => {
      const task = await pages.task(context.get('reader'), Number(context.req.param('number')));
      const { thread } = task?.place ?? {};
      const url = task && thread ? await parts.linkTo?.({ place: task.place, id: thread }) : null;
      return url ? context.redirect(url, 303) : context.notFound();
    })
    .get('/tasks/:number{[0-9]{1,9}}/log', (context) => {
      const number = Number(context.req.param('number'));
      const { after, before, q = '' } = context.req.query();
      const query = q.trim().slice(0, 200);
      const range = {
        ...(after ? { after } : {}),
        ...(before ? { before } : {}),
        ...(query ? { query } : {}),
        limit: logLines,
      };
      return show(
        context,
        { title: `Log of #${number}`, tab: 'tasks', scripts: ['log.js'] },
        () => pages.log(context.get('reader'), number, range),
        {
          whole: (lines) =>
            html`<div class="bar"><h1><a href="/tasks/${number}">#${number}</a></h1></div>${logSection(number, lines, query)}`,
          part: (lines) => logBlock(lines, query),
        },
      );
    })
    .get('/tasks/:number{[0-9]{1,9}}/files/:id{[0-9]{1,9}}', async (context) => {
      const file = await pages.file(
        context.get('reader'),
        Number(context.req.param('number')),
        Number(context.req.param('id')),
      );
      return file ? sendFile(context, file) : context.notFound();
    })
    .get('/inbox', (context) =>
      show(context, { title: 'Inbox', tab: 'inbox' }, () => pages.inbox(context.get('reader')), {
        whole: inboxPage,
        part: inboxLists,
      }),
    )
    .get('/projects', (context) =>
      show(context, { title: 'Projects', tab: 'projects' }, () => pages.projects(context.get('reader')), {
        whole: projectsPage,
        part: projectList,
      }),
    )
    .get('/projects/:owner/:name', (context) => {
      const repo = `${context.req.param('owner')}/${context.req.param('name')}`;
      return show(context, { title: repo, tab: 'projects' }, () => pages.project(context.get('reader'), repo), {
        whole: projectPage,
        part: projectParts,
      });
    });
}

/** What somebody else made is shown only where it can do nothing, and saved otherwise. */
export function sendFile(
  context: Context,
  { name, mimeType, bytes }: { name: string; mimeType: string; bytes: Uint8Array },
): Response {
  const isShown = isImage.test(mimeType);
  return context.body(new Uint8Array(bytes), 200, {
    'content-type': isShown ? mimeType : 'application/octet-stream',
    'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
}

function filterOf(context: Context): TaskFilter {
  const { repo, person, done, before } = context.req.query();
  const number = (text: string | undefined) => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : undefined);
  const [byPerson, older] = [number(person), number(before)];
  return {
    ...(repo ? { repo } : {}),
    ...(byPerson === undefined ? {} : { person: byPerson }),
    ...(done === '1' || done === '0' ? { done: done === '1' } : {}),
    ...(older === undefined ? {} : { before: older }),
    limit: listed,
  };
}

import type { Browser as Chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, openBrowser } from '../../bot/testing/browser.ts';
import { openPages, type PageHouse } from '../../core/pages/testing.ts';
import { type Browser, type ServedWeb, serveWeb } from './testing.ts';

const chromium = findChromium();
if (!chromium) process.stdout.write('○ This machine has no Chromium: whether stored markup runs is not tried.\n');

/** Markup that would run, load, or break out of where it stands; `at` says where it was put. */
const evil = (at: string) =>
  [
    `</title></textarea></pre><script>window.ran="${at}"</script>`,
    `<img src="https://evil.example/${at}" onerror="window.ran='${at}'"><svg onload="window.ran='${at}'">`,
    `"><iframe srcdoc="<script>top.ran=1</script>"></iframe><style>@import "//evil.example"</style>`,
    `' autofocus onfocus=window.ran=1 x='<base href=https://evil.example><meta http-equiv=refresh content=0;//evil.example>`,
    `[click](javascript:window.ran=1) ![${at}](https://evil.example/pixel) <form action=https://evil.example>`,
  ].join(' ');

let house: PageHouse;
let served: ServedWeb;
let browser: Browser;
let paths: string[];

beforeAll(async () => {
  house = await openPages();
  const { store, ana } = house;
  await store.people.seen({ ...{ platform: 'slack', space: 'T1', id: 'Ana', bot: false }, name: evil('person') }, 1);
  await store.projects.put({ repo: 'acme/web', defaultBranch: evil('branch'), url: `javascript:"${evil('url')}"` }, 1);
  const task = await house.task({ by: ana, title: evil('title') });
  const done = await house.task({ by: ana, title: evil('done') });
  const run = `${task}.1`;
  await store.runs.queue({ id: run, task, kind: 'implement' }, 1, 20, () => evil('prompt'));
  const attempt = `${run}.1`;
  await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 60_000 }, 30);
  const events = [
    { type: 'says', text: evil('says') },
    { type: 'tool', name: evil('tool'), summary: evil('summary') },
    { type: 'log', text: evil('log') },
    { type: 'check', name: evil('check'), ok: false, text: evil('output') },
  ];
  await store.worker.record(
    attempt,
    task,
    events.map((event, seq) => ({ seq: seq + 1, at: seq + 1, event: event as never })),
  );
  await house.ask(task, { kind: 'plan', summary: evil('plan'), version: 1 });
  await house.ask(done, { kind: 'failure', title: evil('ask'), reason: evil('reason'), choices: ['retry', 'drop'] });
  const file = {
    mimeType: 'image/svg+xml',
    kind: 'none' as const,
    hash: 'h',
    bytes: new TextEncoder().encode(evil('svg')),
  };
  await store.files.handOver({ ...file, name: `${evil('file')}.svg`, task, run, at: 1 });
  const [handed] = await store.files.handedFor(task);
  const attached = { name: `${evil('upload')}.html`, mimeType: 'text/html', bytes: file.bytes };
  const said = await store.web.say({ person: ana.id, key: 'said', text: evil('said'), files: [attached] }, 1);
  const doc = {
    ...{ title: evil('card'), text: evil('text'), note: evil('note') },
    steps: [{ id: 's', title: evil('step'), state: 'running' as const, detail: evil('step detail') }],
    attachment: { name: evil('attachment'), text: evil('attached') },
    buttons: [
      [
        { label: evil('button'), token: evil('token').slice(0, 60) },
        { label: 'link', url: `javascript:window.ran=1//${evil('link')}` },
        { label: 'form', token: 'f', form: { title: 't', label: evil('label'), initial: evil('initial') } },
      ],
    ],
  };
  const told = await store.web.post({ person: ana.id, key: 'told', doc }, 2);
  served = await serveWeb(store);
  browser = await served.browser(ana.id);
  paths = [
    ...[
      '/chat',
      '/tasks',
      '/tasks?done=1',
      '/inbox',
      '/projects',
      '/projects/acme/web',
      `/tasks/${task}`,
      `/tasks/${done}`,
    ],
    ...[`/tasks/${task}/log`, `/tasks/${task}/log?q=${encodeURIComponent('<script>')}`, `/tasks?told=${told?.id}`],
    ...[`/tasks?repo=${encodeURIComponent(evil('query'))}`, `/badges?tab=${encodeURIComponent(evil('tab'))}`],
    ...[`/tasks/${task}/files/${handed?.id}`, `/chat/files/${said?.files[0]?.handle}`],
    ...[`/${encodeURIComponent(evil('path'))}`, `/sign-in?code=${encodeURIComponent(evil('code'))}`],
  ];
});
afterAll(async () => {
  await served?.close();
  await house?.close();
});

test('text of models, people, projects and files stands on the pages as text', async () => {
  const all: string[] = [];
  for (const path of paths) {
    const answer = await browser.get(path);
    expect(answer.status, path).toBeLessThan(500);
    if (!answer.headers.get('content-type')?.startsWith('text/html')) continue;
    const page = await answer.text();
    all.push(page);
    // Tags are ours: nothing that was put in opens one, and what is none has no sign that would.
    const tags = page.match(/<\/?[a-z][a-z0-9]*(?:\s+[\w-]+(?:="[^"]*")?)*\s*>/gi) ?? [];
    expect(
      page.replaceAll(/<\/?[a-z][a-z0-9]*(?:\s+[\w-]+(?:="[^"]*")?)*\s*>|<!doctype html>/gi, ''),
      path,
    ).not.toContain('<');
    for (const tag of tags) {
      expect(tag, path).not.toMatch(/^<(?:iframe|svg|style|base|object|embed)|\s(?:on\w+|style|srcdoc|http-equiv)=/);
      expect(tag, path).not.toMatch(
        /^<script(?! src="\/static\/)|^<form(?! [^>]*action="\/(?!\/))(?! [^>]*method="dialog")/,
      );
      expect(tag, path).not.toMatch(/\s(?:src|action)="(?!\/(?!\/))|\shref="(?:javascript|data|\/\/)/i);
    }
  }
  const shown = all.join('\n');
  const places = ['person', 'branch', 'title', 'says', 'log', 'plan', 'ask', 'file', 'upload', 'said', 'card', 'text'];
  for (const at of [...places, 'note', 'step', 'attachment', 'attached', 'button', 'label', 'initial'])
    expect(shown, at).toMatch(new RegExp(`ran=(?:&quot;|"|&#x22;)${at}(?:&quot;|"|&#x22;)`));
});

test('files that could run are saved, not opened, under a name that is only a name', async () => {
  for (const path of paths.filter((one) => one.includes('/files/'))) {
    const { status, headers } = await browser.get(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''[\w%.!~*'()-]+$/);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  }
});

test.each([
  ...['a\r\nSet-Cookie: x=y', '"; filename=evil.html', '../../etc/passwd', '\u0000', '\ud800.png', '‮gnp.exe'],
  ...['', '.', 'ü 日本.png', 'x'.repeat(255)],
])('a file called %j comes whole, and its name splits nothing', async (name) => {
  const { store, ana } = house;
  const key = `named:${name}`;
  for (const mimeType of ['image/png', 'image/png\r\nx: y', 'text/html', 'image/svg+xml', 'IMAGE/PNG; x']) {
    const file = { name, mimeType, bytes: new Uint8Array([1, 2, 3]) };
    const said = await store.web.say({ person: ana.id, key: key + mimeType, text: '', files: [file] }, 1);
    const answer = await browser.get(`/chat/files/${said?.files[0]?.handle}`);
    expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, 3]);
    expect([answer.headers.getSetCookie(), answer.headers.get('x')]).toEqual([[], null]);
    expect(answer.headers.get('content-type')).toBe(mimeType === 'image/png' ? mimeType : 'application/octet-stream');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

describe.skipIf(chromium === null)('in a real Chromium', () => {
  let program: Chromium;
  beforeAll(async () => {
    program = await openBrowser(chromium ?? '');
  });
  afterAll(() => program?.close());

  test('nothing of it runs, and nothing is loaded from elsewhere', { timeout: 120_000 }, async () => {
    const context = await program.newContext();
    const [name = '', value = ''] = browser.cookie.split('=');
    await context.addCookies([{ name, value, url: served.origin }]);
    const elsewhere: string[] = [];
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.route('**/*', (route) => {
      const { origin } = new URL(route.request().url());
      if (origin === served.origin) return route.continue();
      elsewhere.push(route.request().url());
      return route.abort();
    });
    page.on('dialog', (dialog) => void dialog.dismiss());
    for (const path of paths.filter((one) => !one.includes('/files/'))) {
      await page.goto(served.origin + path, { waitUntil: 'load' });
      await page.evaluate("document.querySelectorAll('details').forEach((one) => one.setAttribute('open', ''))");
      expect(await page.evaluate('window.ran ?? null'), path).toBeNull();
      expect(await page.evaluate('document.querySelectorAll("iframe, base, object, embed, style").length'), path).toBe(
        0,
      );
      expect(new URL(page.url()).origin, path).toBe(served.origin);
    }
    expect(elsewhere).toEqual([]);
    await context.close();
  });
});

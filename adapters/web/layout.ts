import { asset } from './assets.ts';
import { type Html, html, none } from './html.ts';

/** What stands around every page. */
export interface Frame {
  readonly title: string;
  readonly tab?: 'chat' | 'tasks' | 'inbox' | 'projects';
  /** Who reads; absent before they sign in. */
  readonly reader?: Reader;
  /** Where the feed of changes stood before the page was read, so that nothing in between is missed. */
  readonly since?: string;
  /** What a form that was just sent came to. */
  readonly told?: Html | undefined;
  readonly scripts?: readonly string[];
}

export interface Reader {
  readonly name: string;
  readonly badges: Badges;
  /** There is a provider at which people may sign in too. */
  readonly hasProvider: boolean;
}

/** How much waits for the reader. */
export interface Badges {
  readonly tasks: number;
  readonly inbox: number;
}

/** A whole page. */
export const page = (frame: Frame, content: Html, side: Html = none): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<title>${frame.title} · Mainloop</title>
<link rel="icon" href="${asset('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${asset('web.css')}">
${[...(frame.since === undefined ? [] : ['web.js']), ...(frame.scripts ?? [])].map((name) => html`<script src="${asset(name)}" type="module"></script>`)}
</head>
<body${frame.since === undefined ? none : html` data-since="${frame.since}"`}>
<a class="skip" href="#main">Skip to the page</a>
<header class="head">
<a class="brand" href="/">Mainloop</a>
${frame.reader ? account(frame.reader, frame.tab === 'projects') : none}
</header>
<main id="main"${frame.reader ? none : html` class="alone"`}>
<div>
<div class="told" id="told" role="status">${frame.told ?? none}</div>
${content}
</div>
${side}
</main>
${frame.reader ? html`<nav class="tabs" aria-label="Pages" id="tabs" data-topics="task asks" data-src="/badges?tab=${frame.tab ?? ''}">${tabs(frame.tab ?? '', frame.reader.badges)}</nav>` : none}
</body>
</html>`;

/** The three places where a person spends their time, with how much waits there. */
export const tabs = (current: string, badges: Badges): Html => html`
${tab('chat', 'Chat', 0, current)}${tab('tasks', 'Tasks', badges.tasks, current)}${tab('inbox', 'Inbox', badges.inbox, current)}`;

const tab = (name: string, label: string, waiting: number, current: string): Html =>
  html`<a href="/${name}" data-tab="${name}"${name === current ? html` aria-current="page"` : none}>${label}${waiting > 0 ? html`<span class="badge">${waiting}<span class="unseen"> waiting for you</span></span>` : none}</a>`;

const account = ({ name, hasProvider }: Reader, inProjects: boolean): Html => html`
<a href="/projects"${inProjects ? html` aria-current="page"` : none}>Projects</a>
<details class="account"><summary>${name}</summary><div>
${hasProvider ? html`<form method="post" action="/sign-in/oidc"><button>Connect your sign-in provider</button></form>` : none}
<form method="post" action="/sign-out"><button>Sign out</button></form>
<form method="post" action="/sign-out?everywhere"><button>Sign out everywhere</button></form>
</div></details>`;

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';

const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const;

interface Asset {
  readonly body: string;
  readonly type: string;
  /** Names the content: an address with it may be kept for ever. */
  readonly version: string;
}

const read = (path: string | URL | readonly URL[], extension: keyof typeof types): Asset => {
  const body = [path]
    .flat()
    .map((one) => readFileSync(one, 'utf8'))
    .join('\n');
  const version = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  return { body, type: `${types[extension]}; charset=utf-8`, version };
};

/** In the order in which rules override each other. */
const sheets = ['tokens', 'base', 'frame', 'controls', 'cards', 'chat', 'log', 'wide'].map(
  (name) => new URL(`./static/css/${name}.css`, import.meta.url),
);

const own = (name: string, extension: keyof typeof types) =>
  [name, read(new URL(`./static/${name}`, import.meta.url), extension)] as const;

const files = new Map([
  ['web.css', read(sheets, 'css')] as const,
  own('icon.svg', 'svg'),
  own('live.js', 'js'),
  own('forms.js', 'js'),
  own('drafts.js', 'js'),
  own('log.js', 'js'),
  ['idiomorph.js', read(new URL(import.meta.resolve('idiomorph/dist/idiomorph.min.js')), 'js')] as const,
]);

/** Address of a file that pages load. */
export const asset = (name: string): string => `/static/${name}?v=${files.get(name)?.version}`;

/** Serves the files that pages load. */
export const assets = (): Hono =>
  new Hono().get('/static/:name', (context) => {
    const file = files.get(context.req.param('name'));
    if (!file) return context.notFound();
    const forEver = context.req.query('v') === file.version;
    return context.body(file.body, 200, {
      'content-type': file.type,
      'cache-control': forEver ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
  });

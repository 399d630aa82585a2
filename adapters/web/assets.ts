import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type Context, Hono } from 'hono';

const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const;

/** How a file may go over the wire, the smallest first. */
const encodings = {
  br: (body: string) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  gzip: (body: string) => promisify(gzip)(body, { level: 9 }),
} as const;
type Encoding = keyof typeof encodings;

interface Asset {
  readonly body: string;
  readonly type: string;
  /** Names the content: an address with it may be kept for ever. */
  readonly version: string;
  /** Made when it is asked for first, and kept. */
  readonly packed: Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>;
}

const prepared = (body: string, extension: keyof typeof types): Asset => ({
  body,
  type: `${types[extension]}; charset=utf-8`,
  version: createHash('sha256').update(body).digest('base64url').slice(0, 12),
  packed: new Map(),
});

const text = (path: string): string => readFileSync(new URL(`./static/${path}`, import.meta.url), 'utf8');

/** In the order in which rules override each other. */
const sheets = ['tokens', 'base', 'frame', 'controls', 'cards', 'chat', 'log', 'wide'];

/** What every page loads, as one module: each script keeps its names to itself, Idiomorph tells its own. */
const scripts = ['live', 'forms', 'drafts'];
const idiomorph = () => readFileSync(new URL(import.meta.resolve('idiomorph/dist/idiomorph.min.js')), 'utf8');

const files = new Map([
  ['web.css', prepared(sheets.map((name) => text(`css/${name}.css`)).join('\n'), 'css')],
  ['web.js', prepared([idiomorph(), ...scripts.map((name) => `{\n${text(`${name}.js`)}}`)].join('\n'), 'js')],
  ['log.js', prepared(text('log.js'), 'js')],
  ['icon.svg', prepared(text('icon.svg'), 'svg')],
]);

/** Address of a file that pages load. */
export const asset = (name: string): string => `/static/${name}?v=${files.get(name)?.version}`;

/** Serves the files that pages load. */
export const assets = (): Hono =>
  new Hono().get('/static/:name', async (context) => {
    const file = files.get(context.req.param('name'));
    if (!file) return context.notFound();
    const forEver = context.req.query('v') === file.version;
    const encoding = accepted(context);
    return context.body(encoding ? await packed(file, encoding) : file.body, 200, {
      'content-type': file.type,
      'cache-control': forEver ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(encoding ? { 'content-encoding': encoding } : {}),
    });
  });

/** The smallest that the browser takes (RFC 9110, 12.5.3); null: as it is. */
function accepted(context: Context): Encoding | null {
  const taken = (context.req.header('accept-encoding') ?? '').split(',').flatMap((one) => {
    const [name = '', weight = ''] = one
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    return /^q=0(\.0*)?$/.test(weight) ? [] : [name];
  });
  return (Object.keys(encodings) as Encoding[]).find((name) => taken.includes(name)) ?? null;
}

function packed(file: Asset, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  const known = file.packed.get(encoding);
  if (known !== undefined) return known;
  const making = encodings[encoding](file.body).then((bytes) => new Uint8Array(bytes));
  file.packed.set(encoding, making);
  return making;
}

/** The page's chat over HTTP, without the page: the forms it sends, and what comes of them as JSON. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Failure } from '../../core/errors.ts';
import type { Acts } from './acts.ts';

export interface ServedActs {
  /** Sends a form as a person; what came of it. Throws when it is refused. */
  send(
    person: number,
    path: string,
    fields: Readonly<Record<string, string | readonly (string | File)[]>>,
  ): Promise<Sent>;
  close(): Promise<void>;
}

interface Sent {
  readonly status: number;
  readonly body: unknown;
}

/** Serves the acts on a free port of this machine; who acts is told by a header instead of a session. */
export async function serveActs(acts: Acts): Promise<ServedActs> {
  const app = new Hono();
  const form = async (request: Request) => {
    const data = await request.formData();
    const text = (name: string) => String(data.get(name) ?? '');
    return { data, text, person: Number(request.headers.get('x-person')), message: text('message') || null };
  };
  app.post('/chat/say', async (c) => {
    const { data, text, person } = await form(c.req.raw);
    const files = await Promise.all(
      data.getAll('files').flatMap((file) => (file instanceof File && file.size > 0 ? [taken(file)] : [])),
    );
    return c.json(await acts.say(person, { text: text('text'), files, nonce: text('nonce') }));
  });
  app.post('/act', async (c) => {
    const { data, text, person, message } = await form(c.req.raw);
    const written = [...data].flatMap(([name, value]) =>
      name.startsWith('field.') ? [[name.slice('field.'.length), String(value)] as const] : [],
    );
    const act = { token: text('token'), message, nonce: text('nonce') };
    const acted =
      written.length > 0
        ? await acts.submit(person, { ...act, fields: Object.fromEntries(written) })
        : await acts.press(person, { ...act, values: data.getAll('values').map(String) });
    return c.json(acted);
  });
  app.post('/chat/react', async (c) => {
    const { text, person, message } = await form(c.req.raw);
    const reaction = { message: message ?? '', emoji: text('emoji'), on: text('on') === 'yes', nonce: text('nonce') };
    await acts.react(person, reaction);
    return c.json({});
  });
  app.post('/chat/stop', async (c) => {
    const { person, message } = await form(c.req.raw);
    await acts.stop(person, { message });
    return c.json({});
  });
  app.onError((error, c) => {
    if (!(error instanceof Failure)) throw error;
    return c.json({ code: error.code }, (error.remedy === 'never' ? 422 : 503) as ContentfulStatusCode);
  });
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    async send(person, path, fields) {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields))
        for (const one of [value].flat()) body.append(name, one as string);
      const headers = { 'x-person': String(person) };
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers });
      return { status: response.status, body: await response.json() };
    },
    close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}

const taken = async (file: File) => ({
  ...{ name: file.name, mimeType: file.type, bytes: new Uint8Array(await file.arrayBuffer()) },
});

/** The least that tells browsers of changes: Hono's event streams fed from memory. The baseline of `web`. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';

const open = new Set<SSEStreamingApi>();

const app = new Hono()
  .get('/live', (context) =>
    streamSSE(context, async (stream) => {
      open.add(stream);
      await new Promise<void>((resolve) => stream.onAbort(resolve));
      open.delete(stream);
    }),
  )
  .post('/change/:topic', async (context) => {
    const data = JSON.stringify([context.req.param('topic')]);
    await Promise.all([...open].map((stream) => stream.writeSSE({ event: 'changed', data })));
    return context.body(null, 204);
  });
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' }, () =>
  process.send?.({ type: 'ready' }),
);

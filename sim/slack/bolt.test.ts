import { expect, test } from 'vitest';
import type { SlackSim } from './index.ts';
import { socketApp, startSim } from './testing.ts';

function posted(sim: SlackSim, channel: string) {
  return sim.waitFor(() => sim.messages(channel).find((message) => message.user === sim.botUserId));
}

test('a mention comes as app_mention and as message with two event ids, and the answer lands in its thread', async () => {
  const sim = await startSim();
  const app = socketApp(sim);
  const heard: string[] = [];
  app.event('app_mention', async ({ event, body, say }) => {
    heard.push(body.event_id);
    await say({ text: 'hello', thread_ts: event.ts });
  });
  app.message(async ({ body }) => void heard.push(body.event_id));
  await app.start();
  const channel = sim.createChannel('general');
  const ts = await sim.person('ann').say(channel, 'hey @mainloop, see https://x.example & say <hi>');
  expect(await posted(sim, channel)).toMatchObject({ text: 'hello', thread_ts: ts, app_id: expect.any(String) });
  const text = `hey <@${sim.botUserId}>, see <https://x.example> &amp; say &lt;hi&gt;`;
  expect(sim.messages(channel)[0]).toMatchObject({ text, client_msg_id: expect.any(String) });
  await sim.waitFor(() => (sim.deliveries.length === 3 ? true : undefined));
  expect(new Set(heard).size).toBe(2);
  expect(sim.deliveries.every((delivery) => delivery.acked)).toBe(true);
});

test('the bot hears its own edits although Bolt ignores its own posts', async () => {
  const sim = await startSim();
  const app = socketApp(sim);
  const heard: string[] = [];
  app.event('message', async ({ event }) => void heard.push(event.subtype ?? 'plain'));
  await app.start();
  const channel = sim.createChannel('general');
  const { ts = '' } = await app.client.chat.postMessage({ channel, text: 'one' });
  await app.client.chat.update({ channel, ts, text: 'two' });
  await sim.waitFor(() => (heard.length > 0 ? true : undefined));
  expect(heard).toEqual(['message_changed']);
  expect(sim.messages(channel)[0]).toMatchObject({ text: 'two', edits: 1 });
});

test('a message in a direct conversation is message.im and never app_mention', async () => {
  const sim = await startSim();
  const app = socketApp(sim);
  const heard: string[] = [];
  app.event('app_mention', async () => void heard.push('app_mention'));
  app.message(async ({ message }) => void heard.push(message.channel_type));
  await app.start();
  const ann = sim.person('ann');
  await ann.say(await ann.dm(), '@mainloop hi');
  await sim.waitFor(() => (sim.deliveries.length === 1 ? true : undefined));
  expect(heard).toEqual(['im']);
});

test('a pressed button carries message, state and response url, which answers five times', async () => {
  const sim = await startSim();
  const app = socketApp(sim);
  const bodies: unknown[] = [];
  app.action('go', async ({ ack, body, respond }) => {
    await ack();
    bodies.push(body);
    await respond({ text: 'done', replace_original: true });
    for (const text of ['1', '2', '3', '4']) await respond({ text });
    await respond({ text: 'too many' }).catch(() => bodies.push('refused'));
  });
  app.action('size', async ({ ack }) => ack());
  await app.start();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const option = (value: string) => ({ text: { type: 'plain_text' as const, text: value }, value });
  await app.client.chat.postMessage({
    channel,
    text: 'choose',
    blocks: [
      {
        type: 'actions',
        block_id: 'b1',
        elements: [
          { type: 'static_select', action_id: 'size', options: [option('small'), option('large')] },
          { type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' }, value: 'task-7' },
        ],
      },
    ],
  });
  const message = await posted(sim, channel);
  await ann.select(message, 'size', 'large');
  await ann.press(message, { number: 1 });
  await sim.waitFor(() => (bodies.includes('refused') ? true : undefined));
  expect(bodies[0]).toMatchObject({
    user: { id: ann.id },
    message: { ts: message.ts },
    container: { type: 'message', channel_id: channel },
    actions: [{ action_id: 'go', value: 'task-7', block_id: 'b1' }],
    state: { values: { b1: { size: { selected_option: { value: 'large' } } } } },
  });
  expect(message.text).toBe('done');
  expect(sim.ephemerals(ann.id).map((m) => m.text)).toEqual(['1', '2', '3', '4']);
  await expect(ann.press(message, { text: 'Go' })).rejects.toThrow('there are: none');
});

test('a command opens a form, whose errors come back before it closes', async () => {
  const sim = await startSim();
  const app = socketApp(sim);
  const notes: unknown[] = [];
  app.command('/mainloop', async ({ ack, command, client }) => {
    await ack({ text: `got ${command.text}` });
    await client.views.open({
      trigger_id: command.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'answer',
        private_metadata: 'ask-1',
        title: { type: 'plain_text', text: 'Answer' },
        submit: { type: 'plain_text', text: 'Send' },
        blocks: [
          {
            type: 'input',
            block_id: 'note',
            label: { type: 'plain_text', text: 'Note' },
            element: { type: 'plain_text_input', action_id: 'text' },
          },
        ],
      },
    });
  });
  app.view('answer', async ({ ack, view }) => {
    const value = view.state.values.note?.text?.value ?? '';
    if (value === 'bad') return ack({ response_action: 'errors', errors: { note: 'no' } });
    notes.push(view.private_metadata, value);
    await ack();
  });
  await app.start();
  const ann = sim.person('ann');
  const { replies } = await ann.command('/mainloop', 'tasks all', sim.createChannel('general'));
  expect(replies.map((message) => message.text)).toEqual(['got tasks all']);
  const view = await sim.waitFor(() => ann.openView());
  await expect(ann.submit(view, {})).rejects.toThrow('note needs an answer');
  expect(await ann.submit(view, { note: 'bad' })).toEqual({ action: 'errors', errors: { note: 'no' } });
  expect(await ann.submit(view, { note: 'fine' })).toEqual({ action: 'closed' });
  expect(notes).toEqual(['ask-1', 'fine']);
  expect(ann.openView()).toBeUndefined();
});

test('sayStream writes a growing message that ends as completed', async () => {
  const sim = await startSim();
  const app = socketApp(sim);
  app.message(async ({ message, sayStream }) => {
    // The finished stream comes back as message_changed.
    if (message.subtype !== undefined) return;
    const stream = sayStream({ buffer_size: 4 });
    await stream.append({ markdown_text: '**hello** ' });
    await stream.append({ chunks: [{ type: 'task_update', id: 't1', title: 'Look', status: 'in_progress' }] });
    await stream.stop({ markdown_text: 'world' });
  });
  await app.start();
  const ann = sim.person('ann');
  const dm = await ann.dm();
  await ann.say(dm, 'hi');
  const message = await sim.waitFor(() => sim.messages(dm).find((m) => m.streaming_state === 'completed'));
  expect(message.text).toBe('**hello** world');
  expect(message.blocks?.map((block) => block.type)).toEqual(['task_card', 'markdown']);
});

test('reactions are told with the message they are on, and files with an address that needs the token', async () => {
  const sim = await startSim();
  const app = socketApp(sim);
  const heard: Record<string, unknown>[] = [];
  app.event('reaction_added', async ({ event }) => void heard.push({ ...event }));
  app.message(async ({ message }) => {
    const file = 'files' in message ? message.files?.[0] : undefined;
    const url = file?.url_private ?? '';
    const open = await (await fetch(url)).text();
    const text = await (await fetch(url, { headers: { authorization: `Bearer ${sim.botToken}` } })).text();
    heard.push({ subtype: message.subtype, text, isHidden: !open.includes('Grüße') });
  });
  await app.start();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const ts = await ann.say(channel, 'see', { files: [{ name: 'a.txt', content: 'Grüße' }] });
  await sim.waitFor(() => (heard.length === 1 ? true : undefined));
  await ann.react(channel, ts, '+1');
  await sim.waitFor(() => (heard.length === 2 ? true : undefined));
  expect(heard[0]).toEqual({ subtype: 'file_share', text: 'Grüße', isHidden: true });
  expect(heard[1]).toMatchObject({ user: ann.id, reaction: '+1', item: { channel, ts }, item_user: ann.id });
  await expect(ann.react(channel, ts, '+1')).rejects.toThrow('already_reacted');
  await ann.unreact(channel, ts, '+1');
  expect(sim.messages(channel)[0]?.reactions).toEqual([]);
  await sim.waitFor(() => (sim.deliveries.length === 3 ? true : undefined));
});

test('the Stop button of a session names the streams that were running', async () => {
  const sim = await startSim();
  const app = socketApp(sim);
  const stopped: unknown[] = [];
  app.event('agent_session_stopped', async ({ event }) => void stopped.push(event));
  await app.start();
  const ann = sim.person('ann');
  const channel = await ann.dm();
  const thread_ts = await ann.say(channel, 'long story, please');
  const { ts } = await app.client.chat.startStream({ channel, thread_ts, markdown_text: 'Once' });
  await ann.stop(channel, thread_ts);
  await sim.waitFor(() => stopped[0]);
  expect(stopped).toMatchObject([{ user: ann.id, channel, thread_ts, streaming_message_ts: [ts] }]);
});

import { expect, test } from 'vitest';
import { socketApp, startSim, webClient } from './testing.ts';

const title = { type: 'plain_text' as const, text: 'Form' };
const submit = { type: 'plain_text' as const, text: 'Send' };
const press = {
  type: 'actions' as const,
  elements: [{ type: 'button' as const, action_id: 'more', text: { type: 'plain_text' as const, text: 'More' } }],
};

test('a modal is updated by a press inside it, pushed upon by its submission, and dismissed', async () => {
  const sim = await startSim();
  const app = socketApp(sim);
  const heard: string[] = [];
  const pushed = { type: 'modal' as const, callback_id: 'two', title, blocks: [], notify_on_close: true };
  app.command('/form', async ({ ack, client, body }) => {
    await ack();
    const view = { type: 'modal' as const, callback_id: 'one', title, submit, blocks: [press] };
    await client.views.open({ trigger_id: body.trigger_id, view });
  });
  app.action('more', async ({ ack, body, client }) => {
    await ack();
    const view_id = 'view' in body ? (body.view?.id ?? '') : '';
    await client.views.update({ view_id, view: { type: 'modal', callback_id: 'one', title, submit, blocks: [] } });
  });
  app.view('one', async ({ ack }) => ack({ response_action: 'push', view: pushed }));
  app.view({ callback_id: 'two', type: 'view_closed' }, async ({ ack }) => {
    await ack();
    heard.push('closed');
  });
  await app.start();
  const ann = sim.person('ann');
  await ann.command('/form', '', sim.createChannel('general'));
  const view = await sim.waitFor(() => ann.openView());
  await ann.press(view, { actionId: 'more' });
  await sim.waitFor(() => (view.blocks.length === 0 ? true : undefined));
  expect(await ann.submit(view)).toMatchObject({ action: 'pushed', view: { callback_id: 'two' } });
  const top = ann.openView();
  expect(top).toMatchObject({ callback_id: 'two', previous_view_id: view.id });
  if (top) await ann.dismiss(top);
  expect(ann.openView()?.id).toBe(view.id);
  expect(heard).toEqual(['closed']);
});

test('a trigger opens one form and only for a moment', async () => {
  let now = Date.now();
  const sim = await startSim({ clock: () => now });
  const app = socketApp(sim);
  const triggers: string[] = [];
  app.command('/form', async ({ ack, body }) => {
    triggers.push(body.trigger_id);
    await ack();
  });
  await app.start();
  const channel = sim.createChannel('general');
  for (const _ of [1, 2]) await sim.person('ann').command('/form', '', channel);
  const open = (trigger_id = '') =>
    webClient(sim).views.open({ trigger_id, view: { type: 'modal', title, blocks: [] } });
  const refused = (error: string) => ({ data: { error } });
  await open(triggers[0]);
  await expect(open(triggers[0])).rejects.toMatchObject(refused('exchanged_trigger_id'));
  now += 3_001;
  await expect(open(triggers[1])).rejects.toMatchObject(refused('expired_trigger_id'));
  await expect(open('made up')).rejects.toMatchObject(refused('invalid_trigger_id'));
});

test('a home tab is what was published last', async () => {
  const sim = await startSim();
  const { views } = webClient(sim);
  const ann = sim.person('ann');
  await views.publish({ user_id: ann.id, view: { type: 'home', blocks: [press] } });
  expect(sim.home(ann.id)).toMatchObject({ type: 'home', blocks: [{ type: 'actions' }] });
});

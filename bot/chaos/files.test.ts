import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { png } from '../../core/testing/image.ts';
import type { Brain } from '../../sim/anthropic/index.ts';
import { finish, script, use } from '../../sim/anthropic/script.ts';
import { renderMessage } from '../../sim/slack/index.ts';
import { boundaries, type Moment } from './journal.ts';
import { settled } from './killed.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { repository } from './repository.ts';
import { find, patienceMs } from './story.ts';

const shot = png(40, 30);
const log = 'Error: no such account\n';

const bash = (command: string) => use('Bash', { command, description: 'work' });

const worker: Brain = script([
  bash('cat "$HOME"/received/f*-login.png "$HOME"/received/f*-app.log > "$MAINLOOP_OUT/after.png"'),
  bash("echo login >> ledger.txt && git add -A && git commit -qm 'Let people in'"),
  finish({ title: 'Let people in', summary: 'Lets people in.' }),
]);

const brain: Brain = (request) => {
  if (request.kind !== 'assistant') return worker(request);
  if (request.toolResults.length > 0) return { say: '' };
  const wish = { repo: repository, title: 'Let people in', brief: 'See the files.', plan: false };
  return use('spawn_task', wish, 'A worker can do that.');
};

/** Where files pass; all else is killed in the other stories. */
const only = /\|(?:fetch files|use spawn_task|end run|start uploads:\S+|list files|upload f\d+)\|/;

/** Ana attaches an image, a text and an archive in Slack, and confirms what is proposed. */
async function tell({ house }: Ledger): Promise<void> {
  const { slack, ana, channel } = house.world;
  const files = [
    { name: 'login.png', content: shot },
    { name: '../../.ssh/app.log', content: log },
    { name: 'app.zip', content: 'PK\u0003\u0004\0' },
  ];
  const said = await ana.say(channel, `<@${slack.botUserId}> nobody can log in`, { files });
  const here = () => slack.messages(channel).filter((message) => message.ts > said);
  const card = await house.until('the proposal', () => find(here(), /Start it\?/), patienceMs);
  await ana.react(channel, card.ts, '+1');
  await house.until('the upload', () => here().find(({ files: uploaded }) => uploaded?.length), patienceMs);
  await house.until('the review', () => find(here(), /is ready for review/), patienceMs);
}

describe.each<[string, Moment | null]>([
  ['undisturbed', null],
  ['killed after every step and before its result is kept', 'after'],
  ['killed as soon as the result of a step is kept', 'kept'],
])('files that are attached and handed over, %s', (_, moment) => {
  let ledger: Ledger;

  beforeAll(async () => {
    ledger = await openLedger({ moment, only, brain });
    await tell(ledger);
    await settled(ledger);
  }, 3_600_000);
  afterAll(() => ledger?.close());

  const fromBot = () => {
    const { slack, channel } = ledger.house.world;
    return slack.messages(channel).filter(({ user }) => user === slack.botUserId);
  };

  it('the assistant sees the image and reads the text, and the person hears of what nobody can read', () => {
    const { requests } = ledger.house.world.anthropic;
    const seen = requests.findLast(({ view }) => view?.kind === 'assistant')?.view?.messages[0]?.content;
    const source = { type: 'base64', media_type: 'image/png', data: shot.toString('base64') };
    expect(seen).toContainEqual(expect.objectContaining({ type: 'image', source }));
    expect(JSON.stringify(seen)).toContain(log.trim());
    const told = fromBot().filter((message) =>
      /I can't read `?app\.zip`? \(application\/zip\)/.test(renderMessage(message)),
    );
    expect(told).toHaveLength(1);
  });

  it('the worker finds both files, and what it makes of them is uploaded in the thread exactly once', async () => {
    const [upload, ...more] = fromBot().filter(({ files }) => files);
    expect(more).toEqual([]);
    expect(upload?.files).toMatchObject([{ title: 'after.png', mimetype: 'image/png' }]);
    expect(upload?.text).toBe('*#1* made `after.png`');
    expect(upload?.thread_ts).toBe((await ledger.house.store.tasks.get(1)).place.thread);
    const { slack } = ledger.house.world;
    const read = await fetch(upload?.files?.[0]?.url_private_download ?? '', {
      headers: { authorization: `Bearer ${slack.botToken}` },
    });
    expect(Buffer.from(await read.arrayBuffer())).toEqual(Buffer.concat([shot, Buffer.from(log)]));
  });

  it('nothing of them is in the repository, and the program died where it should', async () => {
    const { head } = await ledger.house.store.tasks.get(1);
    const pull = ledger.house.world.github.prs(repository)[0];
    expect(pull?.pull.head.sha).toBe(head);
    expect(ledger.keeper.crashes).toEqual([]);
    const died = boundaries(ledger.journal(), 'killed').join('\n');
    for (const step of [/\|fetch files\|/, /\|list files\|/, /\|upload f\d+\|/]) {
      expect(step.test(died), `${step}`).toBe(moment !== null);
    }
  });
});

/** What people attach and what workers make, on each platform. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { png } from '../../core/testing/image.ts';
import type { Brain } from '../../sim/anthropic/index.ts';
import { finish, script, use } from '../../sim/anthropic/script.ts';
import { model, proposes, shell } from '../faults/testing.ts';
import { type FacesHouse, openFacesHouse } from '../testing/faces-house.ts';
import { platforms } from '../testing/seat.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const log = 'Error: no such account\n';
/** Hands back what it was given: the text as it is, the image under another name. */
const copies: Brain = script([
  shell('cp "$HOME"/received/f*-app.log "$MAINLOOP_OUT/copy.txt"'),
  shell('cp "$HOME"/received/f*-shot.png "$MAINLOOP_OUT/after.png"'),
  shell('date > "$RANDOM.txt" && git add -A && git commit -q -m "Do it"'),
  finish({ title: 'Do it', summary: 'Did it.' }),
]);
/** Proposes what is wished for, also when files follow the words. */
const assistant: Brain = (request) => {
  const wish = /please (copy on \w+)/.exec(request.lastUserText)?.[1];
  if (!wish || request.toolResults.length > 0) return proposes(request);
  return use('spawn_task', { repo: 'acme/quick', title: wish, brief: wish, plan: false }, 'I can have that done.');
};

let house: FacesHouse;
beforeAll(async () => {
  house = await openFacesHouse({ brain: model([[/copy on/, { implement: copies }]], assistant) });
});
afterAll(() => house?.close());

test.each(platforms)(
  'on %s, an image and a text reach the assistant and the worker, whose files come back',
  async (platform) => {
    const ana = house.ana.at[platform];
    // One image for each platform.
    const shot = png(40 + platforms.indexOf(platform), 30);
    const room = await ana.mention(`please copy on ${platform}`, [
      { name: 'shot.png', content: shot, type: 'image/png' },
      { name: 'app.log', content: log, type: 'text/plain' },
    ]);
    const card = await house.reads(ana, room, /Start it\?.*with 2 files/);
    const seen = house.world.anthropic.requests.findLast(
      ({ view }) => view?.kind === 'assistant' && view.lastUserText.includes(`copy on ${platform}`),
    );
    const told = JSON.stringify(seen?.view?.messages);
    expect(told).toContain(shot.toString('base64'));
    expect(told).toContain(log.trim());
    await card.press('Start');
    await house.reads(ana, room, new RegExp(`copy[-\\w]*\\.txt \\(${log.length} bytes\\)`));
    await house.reads(ana, room, new RegExp(`(after[-\\w]*\\.png|photo) \\(${shot.length} bytes\\)`));
  },
);

test.each(platforms)(
  'on %s, what nobody can read gets a clear line each, and the words are answered',
  async (platform) => {
    const ana = house.ana.at[platform];
    const room = await ana.mention('what is this?', [
      { name: 'tool.exe', content: 'MZ\u0000', type: 'application/x-msdownload' },
      { name: 'core.dump', content: Buffer.alloc(100 * 2 ** 20), type: 'application/octet-stream' },
    ]);
    const answer = await house.reads(ana, room, /You said: .*what is this\?/);
    expect(answer.text()).toMatch(/can't read \W*tool\.exe/);
    expect(answer.text()).toMatch(/core\.dump\W* is larger than 10 MB/);
  },
);

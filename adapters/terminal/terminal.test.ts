import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Inbound } from '../../core/domain/chat.ts';
import { eventually } from '../../core/testing/core.ts';
import { createTerminal } from './index.ts';

const here = { platform: 'terminal', space: '', channel: 'here', dm: true };

async function open(sink?: (inbound: Inbound) => Promise<void>) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let screen = '';
  output.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
  });
  const chat = createTerminal({ input, output, user: 'ana' });
  const inbox: Inbound[] = [];
  await chat.start(sink ?? (async (inbound) => void inbox.push(inbound)));
  const type = (line: string) => input.write(`${line}\n`);
  const heard = (n: number) => eventually(`${n} lines`, async () => inbox[n - 1]);
  return { chat, inbox, type, heard, screen: () => screen };
}

test('a line is a message, with an id of its own', async () => {
  const { type, heard, inbox } = await open();
  type('fix the footer');
  type('fix the footer');
  expect(await heard(2)).toMatchObject({
    kind: 'message',
    text: 'fix the footer',
    mentionsBot: true,
    account: { id: 'ana' },
  });
  expect(new Set(inbox.map((inbound) => inbound.dedupe)).size).toBe(2);
});

test('a slash makes a command, a number presses the button that carries it', async () => {
  const { chat, type, heard, screen } = await open();
  const ref = await chat.post(here, { text: 'Start it?', buttons: [[{ label: 'Start', token: 'confirm:7' }]] }, 'k');
  expect(screen()).toContain('[1] Start');
  type('/why #41');
  type('1');
  expect(await heard(1)).toMatchObject({ kind: 'command', text: 'why #41' });
  expect(await heard(2)).toMatchObject({ kind: 'action', token: 'confirm:7', target: ref });
});

test('a number that no button carries is a message', async () => {
  const { type, heard } = await open();
  type('42');
  expect(await heard(1)).toMatchObject({ kind: 'message', text: '42' });
});

test('a message that wants a reply gets the next line', async () => {
  const { chat, type, heard } = await open();
  const ref = await chat.post(here, { text: 'What should change?', wantsReply: true }, 'form:1');
  type('the colour');
  type('something else');
  expect(await heard(2)).toMatchObject({ text: 'something else', replyTo: undefined });
  expect(await heard(1)).toMatchObject({ text: 'the colour', replyTo: ref });
});

test('an edit that changes nothing is not shown again', async () => {
  const { chat, screen } = await open();
  const ref = await chat.post(here, { text: 'one' }, 'k');
  await chat.edit(ref, { text: 'one' });
  await chat.edit(ref, { text: 'two' });
  expect(screen()).toBe('one\n\ntwo\n\n');
});

test('of a changed message its first line and what is new is shown', async () => {
  const { chat, screen } = await open();
  const ref = await chat.post(here, { title: '#41', text: 'Plan\nCI' }, 'k');
  await chat.edit(ref, { title: '#41', text: 'Plan\nCI is green' });
  expect(screen()).toBe('#41\nPlan\nCI\n\n#41\nCI is green\n\n');
});

test('what could not be kept is said', async () => {
  const { type, screen } = await open(async () => Promise.reject(new Error('no database')));
  type('hello');
  await eventually('a word', async () => screen().includes('not kept'));
});

test('text cannot steer the terminal', async () => {
  const { chat, screen } = await open();
  await chat.post(here, { title: '\u001b[2J#41', text: 'a\u0007b\u202ec' }, 'k');
  expect(screen()).toBe('[2J#41\nabc\n\n');
});

test('nobody else can be written to', async () => {
  const { chat } = await open();
  await expect(chat.dm({ platform: 'terminal', space: '', id: 'ben', bot: false })).rejects.toMatchObject({
    code: 'unreachable',
  });
});

test('where words are asked for, a number is one of them', async () => {
  const { chat, type, heard } = await open();
  await chat.post(here, { text: 'Start it?', buttons: [[{ label: 'Start', token: 'confirm:7' }]] }, 'k');
  const ref = await chat.post(here, { text: 'How many retries?', wantsReply: true }, 'form:1');
  type('1');
  expect(await heard(1)).toMatchObject({ kind: 'message', text: '1', replyTo: ref });
});

test('a change of the buttons alone is shown, and their labels write nothing but text', async () => {
  const { chat, screen } = await open();
  const buttons = [[{ label: 'One', token: 'answer:1:q0o0' }]];
  const ref = await chat.post(here, { text: 'Which?', buttons }, 'k');
  await chat.edit(ref, { text: 'Which?', buttons: [...buttons, [{ label: 'Do\u001bne', token: 'answer:1:q0done' }]] });
  expect(screen()).toContain('Done');
});

import { expect, test } from 'vitest';
import { codeWithin, hashCode, linkSaid, newCode } from './code.ts';

const member = { code: '7K2M-9QFA', role: 'member' };

test.each([
  ['7K2M-9QFA', true, member],
  ['  7k2m-9qfa ', true, { ...member, code: '7k2m-9qfa' }],
  ['/start 7K2M9QFA', true, { ...member, code: '7K2M9QFA' }],
  ['link 7K2M-9QFA', false, member],
  ['/mainloop link 7K2M-9QFA Viewer', false, { ...member, role: 'viewer' }],
  ['link', true, { code: null, role: 'member' }],
  ['link', false, null],
  ['7K2M-9QFA', false, null],
  ['/start', true, null],
  ['link 7K2M-9QFA king', true, null],
  ['link this to the issue', true, null],
  ['database', true, null],
  ['start 2 tasks', true, null],
])('%j (private: %s) is %j', (text, isPrivate, words) => {
  expect(linkSaid(text, isPrivate)).toEqual(words);
});

test('a stranger may write a code into a sentence', () => {
  expect(codeWithin('hello, it is 7K2M-9QFA.')).toBe('7K2M-9QFA');
  expect(codeWithin('hello')).toBeNull();
});

test('a code is the same in any case and without its dash, and never twice the same', () => {
  expect(hashCode('7k2m9qfa')).toBe(hashCode('7K2M-9QFA'));
  const codes = Array.from({ length: 100 }, newCode);
  expect(new Set(codes).size).toBe(100);
  for (const code of codes) expect(linkSaid(code, true)).toEqual({ code, role: 'member' });
});

import { expect, test } from 'vitest';
import { sentFile } from '../protocol.ts';
import { honestName, safeName, savedName } from './file.ts';

const hostile = [
  '../../.ssh/x',
  '..\\..\\windows\\x.bat',
  '/etc/passwd',
  '.bashrc',
  '..',
  '...',
  '',
  'a\0b\n.png',
  'invoice\u202egnp.exe',
  '$(rm -rf ~).txt',
  '-rf',
  '💥'.repeat(100),
  `${'ü'.repeat(300)}.png`,
  'a b  c.png',
];

test.each(hostile)('the name %j becomes one plain component of a path', (name) => {
  const safe = safeName(name);
  expect(safe).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}\p{M}._-]{0,79}$/u);
  expect(safe).not.toMatch(/\.\.|[/\\]|\p{Cf}/u);
  expect(sentFile.shape.name.safeParse(savedName({ id: 7, name })).success).toBe(true);
});

test('a name keeps what can be kept', () => {
  expect(safeName('../../.ssh/x')).toBe('x');
  expect(safeName('Anmeldung größer.png')).toBe('Anmeldung-größer.png');
  expect(safeName(`${'ü'.repeat(300)}.png`)).toMatch(/ü\.png$/);
  expect(savedName({ id: 7, name: 'login.png' })).toBe('f7-login.png');
});

test.each([
  ['login.png', 'image/png', 'login.png'],
  ['login', 'image/png', 'login.png'],
  ['photo.JPEG', 'image/jpeg', 'photo.JPEG'],
  ['login.png', 'text/plain', 'login.png.txt'],
  ['run.exe', 'text/plain', 'run.exe.txt'],
  ['report.html', 'text/plain', 'report.html'],
  ['notes', 'text/plain', 'notes.txt'],
  ['page.html', 'application/pdf', 'page.html.pdf'],
])('%s that is %s goes out as %s', (name, mimeType, honest) => {
  expect(honestName(name, mimeType)).toBe(honest);
});

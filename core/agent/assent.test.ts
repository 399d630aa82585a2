import { expect, test } from 'vitest';
import { assentOf } from './assent.ts';

test.each([
  'yes',
  'Looks good to me',
  'ok go ahead with the plan',
  'LGTM 👍',
  'the plan is fine',
  'Approved.',
  'passt, mach los',
  "d'accord",
  'да, давай',
  '承認します',
])('"%s" approves', (text) => expect(assentOf(text)).toBe('full'));

test.each([
  'Looks good, but keep the old error text',
  'fine, except for step 2',
  'ok, use zod instead',
  'Approved? no - not yet…',
  'looks good? I am unsure',
  'go, once CI is green',
  "ok, I don't think step 3 is needed",
  'great, also rename the file',
  'passt, aber ohne die neue Tabelle',
  'bien, mais pas la deuxième étape',
  'sí, pero sin tests',
  'хорошо, но без миграции',
  '好，但是不要改接口',
])('"%s" approves with a reservation', (text) => expect(assentOf(text)).toBe('reserved'));

test.each([
  'how is #41 going',
  'is the plan good to go',
  'no',
  'the date picker is broken',
  'Ben wrote "approved" in the issue',
  '> looks good\nwhat do you make of that',
  'run `go test` there',
  '',
])('"%s" does not approve', (text) => expect(assentOf(text)).toBe('none'));

/** The repository of the story: a small calendar whose `parseDay` trusts JavaScript's Date too much. */

const calendar = `/** Reads a day written as DD/MM/YYYY. Throws when the text is no day. */
export function parseDay(text) {
  const match = /^(\\d{2})\\/(\\d{2})\\/(\\d{4})$/.exec(text);
  if (!match) throw new Error('expected DD/MM/YYYY');
  const [day, month, year] = match.slice(1).map(Number);
  return new Date(Date.UTC(year, month - 1, day));
}
`;

const calendarTest = `import assert from 'node:assert/strict';
import test from 'node:test';
import { parseDay } from './calendar.js';

test('reads a day', () => {
  assert.equal(parseDay('28/02/2026').toISOString().slice(0, 10), '2026-02-28');
});

test('refuses what is no date', () => {
  assert.throws(() => parseDay('tomorrow'));
});
`;

/** A house rule that CI keeps and the project's own test command does not. */
const lint = `import { readFileSync, readdirSync } from 'node:fs';

let failed = false;
for (const file of readdirSync('src').filter((name) => name.endsWith('.js'))) {
  readFileSync(\`src/\${file}\`, 'utf8').split('\\n').forEach((line, index) => {
    if (!line.includes('console.log')) return;
    console.error(\`src/\${file}:\${index + 1}: console.log is not allowed in src\`);
    failed = true;
  });
}
process.exit(failed ? 1 : 0);
`;

const workflow = `name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - name: Tests
        run: npm test
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - name: House rules
        run: npm run lint
`;

export const repository = 'acme/web';

export const files: Record<string, string> = {
  'README.md': '# web\n\nA calendar. `npm test` runs the tests.\n',
  'package.json': `${JSON.stringify({ name: 'web', type: 'module', scripts: { test: 'node --test', lint: 'node lint.js' } }, null, 2)}\n`,
  'lint.js': lint,
  'src/calendar.js': calendar,
  'src/calendar.test.js': calendarTest,
  '.github/workflows/ci.yml': workflow,
};

/** The line that the worker replaces, and what becomes of it run by run. */
const returned = '  return new Date(Date.UTC(year, month - 1, day));\n';
const checked = (message: string, trace = '') => `  const date = new Date(Date.UTC(year, month - 1, day));
${trace}  if (date.getUTCMonth() !== month - 1) throw new Error(${message});
  return date;
`;

const trace = "  console.log('parsed', date);\n";
const vague = "'no such day'";
const precise = '`$' + '{text} is no day of the calendar`';

export const edits = {
  implement: { from: returned, to: checked(vague, trace) },
  fix: { from: trace, to: '' },
  address: { from: vague, to: precise },
  test: {
    from: "test('refuses what is no date'",
    to: `test('refuses days that the month does not have', () => {
  for (const day of ['29/02/2026', '30/02/2026', '31/04/2026']) assert.throws(() => parseDay(day), /day/);
  assert.equal(parseDay('29/02/2028').getUTCDate(), 29);
});

test('refuses what is no date'`,
  },
};

/** Where the reviewer's comment goes. */
export const reviewed = { path: 'src/calendar.js', line: 7 };

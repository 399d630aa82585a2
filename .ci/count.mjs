// Prints the last lines of .ci/run, what failed and the count, and sets its exit code.
// Arguments: vitest's JSON report (may be missing), and what broke beside it: 1 installation or check, 2 the demo, 3 both.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [report, broken] = process.argv.slice(2);
const tests = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
const passed = tests.numPassedTests ?? 0;
const skipped = (tests.numPendingTests ?? 0) + (tests.numTodoTests ?? 0);
// A file that cannot be loaded is a failed suite without a failed test.
const failedFiles = (tests.testResults ?? []).filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
);
let failed = (tests.numFailedTests ?? 0) + failedFiles.length;
if (Number(broken) & 1) failed = Math.max(failed, 1);
if (Number(broken) & 2) failed += 1;
for (const { name, message, assertionResults } of tests.testResults ?? []) {
  const file = relative('.', name);
  for (const test of assertionResults.filter(({ status }) => status === 'failed'))
    process.stdout.write(`FAILED ${file}: ${test.fullName}: ${firstLine(test.failureMessages[0])}\n`);
  if (failedFiles.some((failedFile) => failedFile.name === name))
    process.stdout.write(`FAILED ${file}: ${firstLine(message)}\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = failed > 0 ? 1 : 0;

function firstLine(text = '') {
  return text.split('\n', 1)[0];
}

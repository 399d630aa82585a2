// Prints the last lines of .ci/run, what failed and the count, and sets its exit code.
// Arguments: how many steps without tests failed; then, of each step with tests, its exit code and vitest's JSON report,
// which may be missing. A step counts as failed when it says so, and when it passed no test at all.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [broken, ...steps] = process.argv.slice(2);
const total = { passed: 0, failed: Number(broken), skipped: 0 };
for (let at = 0; at < steps.length; at += 2) add(Number(steps[at]), steps[at + 1]);
process.stdout.write(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`,
);
process.exitCode = total.failed > 0 ? 1 : 0;

function add(code, report) {
  const tests = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  const passed = tests.numPassedTests ?? 0;
  // A file that cannot be loaded is a failed suite without a failed test.
  const failedFiles = (tests.testResults ?? []).filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  for (const { name, message, assertionResults } of tests.testResults ?? []) {
    const file = relative('.', name);
    for (const test of assertionResults.filter(({ status }) => status === 'failed'))
      process.stdout.write(`FAILED ${file}: ${test.fullName}: ${firstLine(test.failureMessages[0])}\n`);
    if (failedFiles.some((failedFile) => failedFile.name === name))
      process.stdout.write(`FAILED ${file}: ${firstLine(message)}\n`);
  }
  const failed = (tests.numFailedTests ?? 0) + failedFiles.length;
  total.passed += passed;
  total.failed += code !== 0 || passed === 0 ? Math.max(failed, 1) : failed;
  total.skipped += (tests.numPendingTests ?? 0) + (tests.numTodoTests ?? 0);
}

function firstLine(text = '') {
  return text.split('\n', 1)[0];
}

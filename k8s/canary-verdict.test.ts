import { expect, test } from 'vitest';
import { hasOwnUsers, parseReport, unconfined } from './canary-verdict.ts';
import type { CanaryReport } from './worker/canary-report.ts';

const report: CanaryReport = {
  ...{ reached: [], brokerError: null, uid: 10_001, uidMap: '0 65536 65536' },
  ...{ noNewPrivs: '1', capEff: '0000000000000000', seccomp: '2', rootWritable: false, apiToken: false },
};

test('a pod as it should be lacks nothing', () => {
  expect(unconfined(report, false)).toEqual([]);
  expect(hasOwnUsers(report)).toBe(true);
});

test.each([
  [{ uid: 0 }, 'it runs as user 0'],
  [{ capEff: '00000000a80425fb' }, 'it has capabilities (00000000a80425fb)'],
  [{ noNewPrivs: '0' }, 'it can gain privileges'],
  [{ seccomp: '0' }, 'it has no seccomp filter'],
  [{ rootWritable: true }, 'its root file system can be written'],
  [{ apiToken: true }, 'a token of the API server is mounted'],
])('%j is a fault of its own', (change, words) => expect(unconfined({ ...report, ...change }, false)).toEqual([words]));

test('the host’s own users are recognised', () => {
  expect(hasOwnUsers({ ...report, uidMap: '0 0 4294967295' })).toBe(false);
});

test('a runtime with a kernel of its own answers for seccomp', () => {
  expect(unconfined({ ...report, seccomp: '0' }, true)).toEqual([]);
});

test('a report is read back, and what is none is shown', () => {
  expect(parseReport(JSON.stringify(report))).toEqual(report);
  expect(() => parseReport("Error: Cannot find module '/app/k8s/worker/canary.ts'")).toThrow(
    /ended without a report: Error: Cannot find module/,
  );
  expect(() => parseReport('')).toThrow('it wrote nothing');
});

import { expect, test } from 'vitest';
import { attemptOfPod, jobName, labels, namespaceName, parseNamespace, selector } from './names.ts';

test('a namespace tells whose it is and for which attempt it was made', () => {
  expect(namespaceName('3f2a1', '41.2.1')).toBe('ml-task-3f2a1-41-2-1');
  expect(parseNamespace('ml-task-3f2a1-41-2-1')).toEqual({ instance: '3f2a1', task: 41, attempt: '41.2.1' });
});

test.each(['ml-task-3f2a1-canary-x7k2p', 'kube-system', 'ml-task-3f2a1-41-2', 'ml-task-3f2a1-41-2-1-evil', ''])(
  'the namespace %j is no task’s',
  (name) => expect(parseNamespace(name)).toBeNull(),
);

test('a pod tells its attempt', () => {
  expect(attemptOfPod(`${jobName('41.2.1')}-x7k2p`)).toBe('41.2.1');
  for (const other of ['run-41-2-1', 'run-41-2-x7k2p', 'canary-41-2-1-x7k2p', 'run-41-2-1-x7k2p-evil'])
    expect(attemptOfPod(other)).toBeNull();
});

test('every namespace is fenced by Pod Security and says which installation it belongs to', () => {
  expect(selector(labels.namespace({ system: 'mainloop', instance: '3f2a1' }, 41))).toBe(
    [
      'mainloop.dev/managed=true,mainloop.dev/system=mainloop,mainloop.dev/instance=3f2a1,mainloop.dev/task=41',
      'pod-security.kubernetes.io/enforce=restricted,pod-security.kubernetes.io/enforce-version=latest',
      'pod-security.kubernetes.io/audit=restricted,pod-security.kubernetes.io/audit-version=latest',
      'pod-security.kubernetes.io/warn=restricted,pod-security.kubernetes.io/warn-version=latest',
    ].join(),
  );
});

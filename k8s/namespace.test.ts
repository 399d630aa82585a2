import { expect, test } from 'vitest';
import { taskLimits, taskQuota, workerResources } from './limits.ts';
import { namespace, orchestratorBinding, workerAccount } from './namespace.ts';
import { defaultDeny } from './network-policy.ts';

test('the namespace of a task says whose it is and is restricted', () => {
  const { metadata } = namespace({ system: 'mainloop', instance: '3f2a1' }, '41.2.1');
  expect(metadata?.name).toBe('ml-task-3f2a1-41-2-1');
  expect(metadata?.labels).toMatchObject({
    'mainloop.dev/managed': 'true',
    'mainloop.dev/system': 'mainloop',
    'mainloop.dev/task': '41',
    'pod-security.kubernetes.io/enforce': 'restricted',
  });
});

test('the orchestrator binds its role to nobody but itself, and the worker’s account has no token', () => {
  const { roleRef, subjects } = orchestratorBinding('mainloop');
  expect(roleRef).toMatchObject({ kind: 'ClusterRole', name: 'mainloop-task-manager.mainloop' });
  expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'orchestrator', namespace: 'mainloop' }]);
  expect(workerAccount().automountServiceAccountToken).toBe(false);
});

test('the network policy denies all but one hole: the broker’s pods, or its address when it is no pod', () => {
  const inside = { namespace: 'mainloop', labels: { app: 'broker' } };
  const { spec } = defaultDeny({ address: '10.97.0.9', port: 8080, selector: inside });
  expect(spec).toEqual({
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: [],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'mainloop' } },
            podSelector: { matchLabels: { app: 'broker' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
    ],
  });
  expect(defaultDeny({ address: '192.0.2.7', port: 8080, selector: null }).spec?.egress?.[0]?.to).toEqual([
    { ipBlock: { cidr: '192.0.2.7/32' } },
  ]);
});

test('the quota has room for a worker of twice the memory while one of the usual ends, and the limits allow it', () => {
  const gi = (value: string | undefined) => Number(value?.replace('Gi', ''));
  const [usual, twice] = [workerResources(1), workerResources(2)];
  for (const kind of ['requests', 'limits'] as const)
    for (const what of ['memory', 'ephemeral-storage'])
      expect(gi(taskQuota().spec?.hard?.[`${kind}.${what}`])).toBeGreaterThanOrEqual(
        gi(usual[kind]?.[what]) + gi(twice[kind]?.[what]),
      );
  expect(gi(taskLimits().spec?.limits[0]?.max?.memory)).toBeGreaterThanOrEqual(gi(twice.limits?.memory));
});

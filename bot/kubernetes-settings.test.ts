import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';
import { kubernetesConfig } from './kubernetes-settings.ts';
import { parseSettings } from './settings.ts';

const image = `registry.example.com/mainloop/worker@sha256:${'a'.repeat(64)}`;
const enough = { GITHUB_TOKEN: 'github_pat_1', ANTHROPIC_API_KEY: 'sk-ant-api03-1', SANDBOX: 'kubernetes' };
const inCluster = {
  ...enough,
  KUBERNETES_WORKER_IMAGE: image,
  BROKER_ADDRESS: 'broker:8080',
  DOOR_LISTEN: '0.0.0.0:3001',
};
const problemsOf = (env: NodeJS.ProcessEnv): string[] => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ variable, what }) => `${variable} ${what}`);
    throw error;
  }
  return [];
};

describe('the settings of the cluster', () => {
  test('are none of the local sandbox, and are read for it no more than other stray values', () => {
    expect(readConfig({ ...inCluster, SANDBOX: 'local' }).kubernetes).toBeUndefined();
  });

  test('have defaults but for the image and the way to the broker', () => {
    expect(readConfig(inCluster).kubernetes).toMatchObject({
      namespace: 'mainloop',
      workerImage: image,
      brokerAddress: { host: 'broker', port: 8080 },
      doorListen: { host: '0.0.0.0', port: 3001 },
      probes: [],
      allowUnenforced: false,
    });
    expect(readConfig(inCluster).kubernetes?.egressHosts).toContain('registry.npmjs.org');
  });

  test('name what is missing', () => {
    expect(problemsOf(enough)).toEqual([
      'KUBERNETES_WORKER_IMAGE is missing, SANDBOX=kubernetes needs it (docs/kubernetes.md)',
      'BROKER_ADDRESS is missing, SANDBOX=kubernetes needs it (docs/kubernetes.md)',
      'BROKER_LISTEN is missing, and so is DOOR_LISTEN (a broker of its own): workers need a door',
    ]);
  });

  test('want a database where none is installed, as in the image', () => {
    const told = (env: NodeJS.ProcessEnv, hasPostgres: boolean) => {
      const problems: string[] = [];
      const missing = (variable: string, what: string): '' => {
        problems.push(`${variable} ${what}`);
        return '';
      };
      kubernetesConfig(parseSettings({ ...inCluster, ...env }).values, missing, () => hasPostgres);
      return problems;
    };
    expect(told({}, false)).toEqual(['DATABASE_URL is missing: put it into the Secret (docs/kubernetes.md)']);
    expect(told({ DATABASE_URL: 'postgres://db.example.com/mainloop' }, false)).toEqual([]);
    expect(told({}, true)).toEqual([]);
  });

  test.each([
    [{ KUBERNETES_WORKER_IMAGE: 'mainloop/worker:latest' }, 'KUBERNETES_WORKER_IMAGE expected an image pinned'],
    [{ BROKER_ADDRESS: 'http://broker:8080' }, 'BROKER_ADDRESS "http://broker:8080" is not host:port'],
    [{ BROKER_ADDRESS: '10.0.0.1:70000' }, 'BROKER_ADDRESS "10.0.0.1:70000" is not host:port'],
    [{ BROKER_LISTEN: '0.0.0.0:8080' }, 'BROKER_LISTEN and DOOR_LISTEN are both set'],
    [{ BROKER_LISTEN: '0.0.0.0:8080', DOOR_LISTEN: '' }, 'BROKER_ADDRESS must be an IPv4 address'],
    [{ KUBERNETES_NAMESPACE: 'Main Loop' }, 'KUBERNETES_NAMESPACE expected a name'],
    [{ KUBERNETES_PROBES: '169.254.169.254' }, 'KUBERNETES_PROBES "169.254.169.254" is not host:port'],
    [{ EGRESS_HOSTS: 'https://registry.npmjs.org' }, 'EGRESS_HOSTS "https://registry.npmjs.org" is no host name'],
    [{ ALLOW_UNENFORCED_ISOLATION: 'yes' }, 'ALLOW_UNENFORCED_ISOLATION expected true or false'],
  ])('refuse %o', (change, problem) => {
    expect(problemsOf({ ...inCluster, ...change }).join('\n')).toContain(problem);
  });
});

import { expect, test } from 'vitest';
import type { Job } from '../../core/protocol.ts';
import { readConfig } from './config.ts';
import { checkEnvironment, claudeEnvironment, gitEnvironment } from './environment.ts';

const variables = {
  ...{ MAINLOOP_BROKER: 'http://broker:8080/', MAINLOOP_TOKEN: 'e30.abc.sig', HOME: '/home/agent', PATH: '/bin' },
  MAINLOOP_ATTEMPT: '41.2.1',
};
const job = { author: { name: 'Mainloop', email: 'm@example.com' } } as Job;
const proxied = readConfig({ ...variables, MAINLOOP_PROXY: 'http://broker:8080' }, '/workspace');
const plain = readConfig(variables, '/workspace');

test('with a proxy, Claude and the checks have it in every spelling, and reach the broker and this machine without it', () => {
  const through = 'http://mainloop:e30.abc.sig@broker:8080';
  const without = 'broker,localhost,127.0.0.1,::1';
  const wanted = {
    ...{ HTTPS_PROXY: through, https_proxy: through, HTTP_PROXY: through, http_proxy: through },
    ...{ NO_PROXY: without, no_proxy: without, NODE_USE_ENV_PROXY: '1' },
  };
  expect(claudeEnvironment(proxied, job)).toEqual({ ...claudeEnvironment(plain, job), ...wanted });
  expect(checkEnvironment(proxied)).toEqual({ ...checkEnvironment(plain), ...wanted });
});

test('git goes to the broker alone, and without a proxy nothing speaks of one', () => {
  expect(gitEnvironment(proxied, job)).toEqual(gitEnvironment(plain, job));
  for (const environment of [claudeEnvironment(plain, job), checkEnvironment(plain)]) {
    expect(Object.keys(environment).filter((name) => /proxy/i.test(name))).toEqual([]);
  }
  expect(checkEnvironment(plain)).toEqual({
    ...{ PATH: '/bin', HOME: '/home/agent', LANG: 'C.UTF-8', TMPDIR: '/tmp', TERM: 'dumb', CI: 'true' },
    ...{ MAINLOOP_OUT: '/home/agent/out', MAINLOOP_ATTEMPT: '41.2.1' },
  });
});

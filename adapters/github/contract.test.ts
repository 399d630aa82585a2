import { codeHostContract } from '../../core/testing/code-host-contract.ts';
import { createGitHubSim } from '../../sim/github/index.ts';
import { createGitHub } from './index.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const repo = 'acme/web';

codeHostContract('GitHub', async () => {
  const sim = await createGitHubSim();
  await sim.createRepo(repo);
  const ana = sim.person('ana', { permission: 'write' });
  sim.person('eve', {});
  let count = 0;
  return {
    host: createGitHub({ auth: { token: sim.token }, apiUrl: sim.apiUrl, url: sim.url, log: silent }),
    async push(branch) {
      count += 1;
      await ana.push(repo, branch, { 'a.txt': `${count}` }, 'Change a');
    },
    async comment(issue, body) {
      ana.comment(repo, issue, body);
    },
    async merge(pull) {
      await ana.merge(repo, pull);
    },
    close: () => sim.close(),
  };
});

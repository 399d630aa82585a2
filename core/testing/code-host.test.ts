import { createFakeCodeHost } from './code-host.ts';
import { codeHostContract } from './code-host-contract.ts';

codeHostContract('the fake', async () => {
  const host = createFakeCodeHost();
  let count = 0;
  return {
    host,
    async push(branch) {
      count += 1;
      host.heads.set(branch, `${count}`.padStart(40, 'c'));
    },
    async comment(issue, body) {
      count += 1;
      host.written.push({ issue, id: count, author: 'ana', body, at: Date.now(), url: '' });
    },
    async merge(pull) {
      host.change(pull, { state: 'merged' });
    },
    close: () => Promise.resolve(),
  };
});

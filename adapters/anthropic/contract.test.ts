import { pino } from 'pino';
import { modelContract } from '../../core/testing/model-contract.ts';
import { createAnthropicSim } from '../../sim/anthropic/index.ts';
import { createAnthropic } from './index.ts';

modelContract('Anthropic', async () => {
  const sim = await createAnthropicSim({ brain: () => ({ say: 'unset' }) });
  return {
    model: createAnthropic({ apiKey: sim.apiKey, baseUrl: sim.url, log: pino({ level: 'silent' }) }),
    next: ({ text, use }) => {
      sim.brain = () => ({ say: text, ...(use && { use: [use] }) });
    },
    refuseNext: () => {
      sim.faults.add({ kind: '429', retryAfter: 7 });
    },
    close: () => sim.close(),
  };
});

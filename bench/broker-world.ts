/** The model's side and the code host in miniature, for the bench of the broker, in a process of their own. */
import { createAnthropicSim } from '../sim/anthropic/index.ts';
import { createGitHubSim } from '../sim/github/index.ts';

/** As fast as the fastest models write. */
const chunkDelayMs = 10;
const chunks = Array.from({ length: 150 }, (_, n) => `word${n} `);

const anthropic = await createAnthropicSim({ brain: () => ({ say: chunks, chunkDelayMs }) });
const github = await createGitHubSim();
await github.createRepo('acme/web');
process.on('message', () => {
  process.send?.({
    type: 'world',
    model: anthropic.url,
    key: anthropic.apiKey,
    git: github.url,
    api: github.apiUrl,
    token: github.token,
  });
});
process.send?.({ type: 'ready' });

/** The least that a worker does: Claude Code through the Agent SDK with a prompt. The baseline of `start`. */
import { query } from '@anthropic-ai/claude-agent-sdk';

const stream = query({
  prompt: process.env.BENCH_PROMPT ?? '',
  options: {
    cwd: process.cwd(),
    env: { ...process.env },
    model: process.env.BENCH_MODEL ?? '',
    systemPrompt: { type: 'preset', preset: 'claude_code' },
    permissionMode: 'bypassPermissions',
    allowDangerouslySkipPermissions: true,
    settingSources: [],
  },
});
for await (const message of stream) {
  if (message.type === 'result') break;
}
process.exit();

import { Failure } from '../../core/errors.ts';
import type { Check } from '../check.ts';
import type { Config } from '../config.ts';
import { whoAnswers } from './running.ts';

/** Who calls the program from outside, if anybody. */
function callers({ slack, telegram, github }: Config): string[] {
  return [
    ...(slack?.signingSecret && !slack.appToken ? ['Slack'] : []),
    ...(telegram?.webhookSecret ? ['Telegram'] : []),
    ...(github.webhookSecret ? ['GitHub'] : []),
  ];
}

/** Whether the outside reaches the program; none where nobody calls and no address is given. */
export function publicUrlChecks(config: Config): Check[] {
  const calling = callers(config);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(config.publicUrl).hostname);
  if (isLocal && calling.length === 0) return [];
  return [{ name: 'PUBLIC_URL', part: 'PUBLIC', run: (note) => look(config, calling, isLocal, note) }];
}

async function look(config: Config, calling: string[], isLocal: boolean, note: (line: string) => void) {
  const { publicUrl, port } = config;
  const who = calling.join(' and ');
  if (isLocal) {
    note(`PUBLIC_URL is ${publicUrl}, where ${who} cannot call. Set it to how the internet reaches the program.`);
    return 'this machine only';
  }
  if (typeof (await whoAnswers(`http://127.0.0.1:${port}`)) !== 'object')
    return `${publicUrl}, to be looked at while Mainloop runs`;
  if (typeof (await whoAnswers(publicUrl)) === 'object') return `${publicUrl} leads here`;
  const message = `PUBLIC_URL ${publicUrl} does not lead to the Mainloop that runs here.`;
  const advice = `Pass it on to port ${port}, TLS ended.`;
  // A network may not let a machine reach its own address from inside.
  if (calling.length === 0) {
    note(`${message} ${advice}`);
    return 'not reached from this machine';
  }
  throw new Failure(message, { code: 'unreachable', remedy: 'retry', advice: `${advice} ${who} call there.` });
}

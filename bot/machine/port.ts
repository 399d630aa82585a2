import { once } from 'node:events';
import { createServer } from 'node:net';
import { Failure } from '../../core/errors.ts';
import type { Check } from '../check.ts';
import type { Config } from '../config.ts';
import { holderOf, type Readiness, whoAnswers } from './running.ts';

/** Whether the port is free for the program, or the program's already. */
export const portCheck = ({ port, dataDir }: Pick<Config, 'port' | 'dataDir'>): Check => ({
  name: 'PORT',
  part: 'PORT',
  async run(note) {
    const answers = await whoAnswers(`http://127.0.0.1:${port}`);
    const holder = holderOf(dataDir);
    if (typeof answers === 'object') {
      if (holder === null) throw taken(port, 'another Mainloop, on another DATA_DIR');
      return readyParts(answers, holder, port);
    }
    if (answers === 'other') throw taken(port, 'another program');
    await tryPort(port);
    if (holder !== null)
      note(`A Mainloop runs on DATA_DIR (process ${holder}), but not on PORT ${port}: it is starting, or has another.`);
    return `${port} is free`;
  },
});

function readyParts({ ok, parts }: Readiness, holder: number, port: number): string {
  if (ok) return `Mainloop runs on ${port} (process ${holder}): ${Object.keys(parts).join(', ')} ready`;
  const lame = Object.entries(parts).filter(([, part]) => !part.ok);
  const said = lame.map(([name, { detail }]) => (detail ? `${name} (${detail})` : name)).join(', ');
  throw new Failure(`Mainloop runs on ${port} (process ${holder}), but these parts are not ready: ${said}.`, {
    code: 'not_ready',
    remedy: 'retry',
    advice: 'It goes on trying; its log says more.',
  });
}

async function tryPort(port: number): Promise<void> {
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw taken(port, 'another program');
    const low = code === 'EACCES' ? 'Set PORT to one above 1023.' : 'Set PORT to another.';
    throw new Failure(`PORT ${port} cannot be used (${message}).`, {
      code: 'port_unavailable',
      remedy: 'never',
      advice: low,
    });
  }
  server.close();
  await once(server, 'close');
}

const taken = (port: number, by: string) =>
  new Failure(`PORT ${port} is in use by ${by}.`, {
    code: 'port_in_use',
    remedy: 'never',
    advice: 'Stop that program, or set PORT to a free one.',
  });

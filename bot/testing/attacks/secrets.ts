/**
 * Looks for credentials in all that a worker can read, and prints what there is as one line of JSON. Takes known
 * credentials, in base64 so that the search does not find itself, on standard input.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const known = Buffer.from(readFileSync(0, 'utf8').trim(), 'base64').toString('utf8');
/** Forms of credentials. The tail keeps this very text from matching. */
const forms = '(sk-ant-|gh[opsru]_|github_pat_|xox[abp]-|xapp-|postgres(ql)?://)[A-Za-z0-9_-]{3}';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // not ours to read
  }
};
const environments = readdirSync('/proc')
  .filter((name) => /^\d+$/.test(name))
  .map((pid) => read(`/proc/${pid}/environ`));
const grep = (flags: string[], where: string[], input?: string): string[] => {
  const options = { encoding: 'utf8', maxBuffer: 2 ** 26, ...(input !== undefined && { input }) } as const;
  const { stdout } = spawnSync('grep', ['-rla', '--devices=skip', ...flags, ...where], options);
  return stdout.split('\n').filter(Boolean);
};
const root = readdirSync('/').filter((name) => name !== 'proc' && name !== 'sys' && name !== 'dev');

process.stdout.write(
  `${JSON.stringify({
    read: environments.filter(Boolean).length,
    environments: environments.filter(
      (text) => new RegExp(forms).test(text) || known.split('\n').some((key) => text.includes(key)),
    ).length,
    known: grep(
      ['-F', '-f', '/dev/stdin'],
      root.map((name) => `/${name}`),
      known,
    ),
    forms: grep(['-E', '-e', forms], ['/etc', '/home', '/run', '/tmp', '/var', '/workspace']),
    account: ['/var/run/secrets', '/run/secrets', '/root/.kube', '/home/agent/.kube'].filter((path) =>
      existsSync(path),
    ),
    mounts: readdirSync('/var/run/mainloop'),
    uid: process.getuid?.(),
    writable: ['/app', '/etc', '/usr/local/bin', '/opt/language-servers'].filter(
      (path) => spawnSync('touch', [`${path}/written`]).status === 0,
    ),
  })}\n`,
);

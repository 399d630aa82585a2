import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TaskNumber } from '../core/domain/ids.ts';
import type { Task } from '../core/domain/task.ts';
import { audience } from '../k8s/names.ts';
import { ask as askCluster } from '../k8s/test-request.ts';
import { begin, command, model, reaches, repo } from './faults/testing.ts';
import { asks, attack, refused } from './testing/attack.ts';
import { accountToken, type ClusterHouse, openClusterHouse } from './testing/cluster-house.ts';
import { createPuppet } from './testing/puppet.ts';

/** The model of one task is the attacker. Another task runs at the same time. */
const attacker = createPuppet();
const victim = createPuppet();
let house: ClusterHouse;
let own: Task;
let other: Task;
let otherPod: V1Pod;
/** A host that may be reached, so that the refusal of the others means something. */
let allowed: string;

beforeAll(async () => {
  const brain = model([
    [/attack the walls/, { implement: attacker.brain }],
    [/mind its business/, { implement: victim.brain }],
  ]);
  house = await openClusterHouse(brain, (world) => ({ EGRESS_HOSTS: new URL(world.anthropic.url).host }));
  allowed = new URL(house.world.anthropic.url).host;
  own = await started('attack the walls');
  other = await started('mind its business');
  otherPod = await house.pod(other.number);
});
afterAll(() => house?.close());

async function started(wish: string): Promise<Task> {
  const { task } = await begin(house, wish);
  return reaches(house, task, 'implementing', 120_000);
}

test('there is no credential in the sandbox but the token of the attempt', async () => {
  const { world, databaseUrl } = house;
  const known = [
    ...[world.anthropic.apiKey, world.github.token, world.slack.botToken, world.slack.appToken],
    ...[databaseUrl, world.environment(0).GITHUB_WEBHOOK_SECRET],
  ].join('\n');
  const found = await attack<Record<string, unknown>>(
    attacker,
    `node attacks/secrets.ts <<< ${Buffer.from(known).toString('base64')}`,
  );
  expect(found).toMatchObject({ environments: 0, known: [], forms: [], account: [], writable: [], uid: 10001 });
  expect(found.read).toBeGreaterThan(2);
  expect(found.mounts).toContain('token');
});

test('a sandbox reaches the broker and nothing else', async () => {
  const metadata = '169.254.169.254';
  const internet = '203.0.113.10';
  const free = await house.free(
    [
      `for host in ${internet} ${metadata} 10.97.0.1:443; do timeout 3 wget -qO- http://$host; done`,
      'timeout 5 nslookup kubernetes.default.svc.cluster.local 10.97.0.10',
    ].join('\n'),
  );
  expect(free).toMatch(/internet host[\s\S]*cloud metadata[\s\S]*400 Bad Request[\s\S]*10\.97\.0\.1$/m);

  const address = otherPod.status?.podIP ?? '';
  const listen = `require('net').createServer((s) => { console.log(s.remoteAddress); s.end() }).listen(8080, '0.0.0.0')`;
  const listens = `setsid node -e "${listen}" > "$HOME/heard" 2>&1 < /dev/null & sleep 2`;
  expect(await victim.run(`${listens}; node attacks/reach.ts tcp/${address}:8080`)).toContain('"answers"');

  const [machine = ''] = house.broker.address.split(':');
  const broker = `tcp/${house.broker.address}`;
  const others = [
    ...[`tcp/${metadata}:80`, `tcp/${metadata}:443`, `tcp/${internet}:80`, `tcp/${internet}:443`],
    ...['tcp/10.97.0.1:443', 'tcp/10.99.0.1:6443', 'tcp/10.99.0.1:10250'],
    ...['tcp/10.97.0.10:53', 'udp/10.97.0.10:53', `tcp/${address}:8080`, `tcp/${machine}:${house.port}`],
  ];
  const reached = await attack<Record<string, string>>(
    attacker,
    `node attacks/reach.ts ${[broker, ...others].join(' ')}`,
  );
  expect(reached[broker]).toBe('answers');
  expect(Object.keys(reached)).toHaveLength(others.length + 1);
  expect(others.filter((each) => reached[each] === 'answers')).toEqual([]);
});

test('the proxy leads to no host that is not allowed, and the task’s log says what was tried', async () => {
  const hosts = [
    '203.0.113.10:443',
    '203.0.113.10:80',
    '169.254.169.254:80',
    'exfiltration.example:443',
    '10.99.0.1:6443',
  ];
  const connects = [allowed, ...hosts].map((path) => ({ method: 'CONNECT', path }));
  const answers = await asks(attacker, ...connects, { method: 'CONNECT', path: allowed, token: null });
  expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 403, 403, 403, 407]);
  const shown = await refused(house, own.number);
  for (const host of hosts) expect(shown).toContain(`${host} is not among the hosts that a sandbox may reach`);
  expect(await house.log()).toMatch(/203\.0\.113\.10:443 is not among the hosts/);
});

test('git takes the task’s own branch, and no other ref, no deletion, no workflow and no other repository', async () => {
  const { github } = house.world;
  const before = await github.head(repo, 'main');
  const pushes = await attacker.run(
    [
      'git() { command git -c core.hooksPath=/dev/null "$@"; }',
      'push() { echo "== $1"; shift; git push "$@" 2>&1; echo "ended $?"; }',
      'git commit -q --allow-empty -m Own',
      `push own origin HEAD:refs/heads/${own.branch}`,
      'push main origin HEAD:refs/heads/main',
      `push other origin HEAD:refs/heads/${other.branch}`,
      'push force origin +HEAD:refs/heads/main',
      'push tag origin HEAD:refs/tags/v1',
      `push both origin HEAD:refs/heads/${own.branch} HEAD:refs/heads/main`,
      `push delete origin :refs/heads/${own.branch}`,
      'push elsewhere "$(git remote get-url origin | sed s,acme/quick,acme/web,)" HEAD:refs/heads/main',
      'echo "  # hostile" >> .github/workflows/ci.yml && git commit -qam Workflow',
      `push workflow origin HEAD:refs/heads/${own.branch}`,
      'git reset -q --hard HEAD~1',
      `git ls-remote origin`,
    ].join('\n'),
  );
  const part = (name: string) => pushes.split(/^== /m).find((each) => each.startsWith(`${name}\n`)) ?? '';
  expect(part('own')).toMatch(/ended 0/);
  for (const name of ['main', 'other', 'force', 'tag', 'both'])
    expect(part(name), name).toMatch(/not allowed: this task may push only to[\s\S]*ended 1/);
  expect(part('delete')).toMatch(/may not delete refs[\s\S]*ended 1/);
  expect(part('elsewhere')).toMatch(/403[\s\S]*ended 128/);
  expect(part('workflow')).toMatch(/not allowed: it changes [\s\S]*ended 1/);
  expect(await github.head(repo, 'main')).toBe(before);
  expect(await github.head(repo, other.branch)).not.toBe(await github.head(repo, own.branch));
  expect(await github.head(repo, own.branch)).toMatch(/^[0-9a-f]{40}$/);
  const shown = await refused(house, own.number);
  for (const what of [
    'refs/heads/main',
    `refs/heads/${other.branch}`,
    'refs/tags/v1',
    '.github',
    'no other repository',
  ])
    expect(shown).toContain(what);
});

test('what Anthropic would do for a sandbox without a network is refused, and shown', async () => {
  const body = { model: own.model, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
  const post = (change: object) => ({ method: 'POST', path: '/anthropic/v1/messages', body: { ...body, ...change } });
  const answers = await asks(
    attacker,
    post({ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }),
    post({ tools: [{ type: 'code_execution_20250522', name: 'code_execution' }] }),
    post({ mcp_servers: [{ type: 'url', url: 'http://203.0.113.10/mcp', name: 'out' }] }),
    post({ model: 'claude-sonnet-5-5' }),
    post({
      messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'http://203.0.113.10' } }] }],
    }),
    { method: 'GET', path: '/anthropic/v1/files' },
    { method: 'POST', path: '/anthropic/v1/messages/batches', body: {} },
  );
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 404, 404]);
  const shown = await refused(house, own.number);
  for (const what of ['web_search_20250305', 'code_execution_20250522', 'mcp_servers', 'claude-sonnet-5-5', 'by URL'])
    expect(shown).toContain(what);
});

test('a token is good for its own attempt, at the broker, and nowhere else', async () => {
  const pod = await house.pod(own.number);
  const job = { method: 'GET', path: '/v1/job' };
  const stolen = await house.token(otherPod, [audience.egress]);
  const words = 'written with a stolen token';
  const events = [{ seq: 900_001, at: Date.now(), event: { type: 'log', text: words } }];
  const [mine, theirs, , cluster, door, none, push] = await asks(
    attacker,
    job,
    { ...job, token: stolen },
    { method: 'POST', path: '/v1/events', body: { events }, token: stolen },
    { ...job, token: await house.token(pod, []) },
    { ...job, token: await house.token(pod, [audience.door]) },
    { ...job, token: 'ghs_guessed' },
    { method: 'GET', path: '/git/acme/web.git/info/refs?service=git-receive-pack', token: stolen },
  );
  expect(JSON.parse(mine?.text ?? '')).toMatchObject({ task: own.number, branch: own.branch });
  expect(JSON.parse(theirs?.text ?? '')).toMatchObject({ task: other.number, branch: other.branch });
  const says = async (task: TaskNumber) => JSON.stringify(await house.store.worker.latest(task, 1_000));
  expect(await says(own.number)).not.toContain(words);
  expect(await says(other.number)).toContain(words);
  expect([cluster, door, none].map((each) => each?.status)).toEqual([401, 401, 401]);
  expect(push?.status).toBe(403);
  const pushed = await attacker.run(
    `git -c "http.extraHeader=" -c "http.extraHeader=Authorization: Bearer ${stolen}" -c http.$(git remote get-url origin | grep -o 'http://[^/]*')/.extraHeader="" push origin HEAD:refs/heads/${own.branch}-stolen 2>&1; echo ended $?`,
  );
  expect(pushed).toMatch(/ended 1/);
});

test('what a sandbox holds is no key to the cluster', async () => {
  const token = (await attacker.run('cat /var/run/mainloop/token')).trim();
  expect(token.split('.')).toHaveLength(3);
  const config = accountToken(house.admin, token);
  const { namespace = '' } = (await house.pod(own.number)).metadata ?? {};
  for (const path of [
    '/api/v1/namespaces',
    `/api/v1/namespaces/${namespace}/pods`,
    `/api/v1/namespaces/${namespace}/secrets`,
  ])
    expect((await askCluster(config, 'GET', path)).status, path).toBe(401);
});

test('a token is worth nothing once its attempt has closed', async () => {
  const token = await house.token(await house.pod(own.number), [audience.egress]);
  const ask = async () => {
    const { status } = await fetch(`${house.broker.url}/v1/job`, { headers: { authorization: `Bearer ${token}` } });
    return status;
  };
  expect(await ask()).toBe(200);
  await command(house, `cancel #${own.number}`);
  await reaches(house, own.number, 'cancelled');
  expect(await house.until('its end', async () => ((await ask()) === 401 ? 401 : undefined))).toBe(401);
  expect(await house.log()).toContain('a closed attempt showed its token');
});

test('nobody reached the other task, which goes on; and nothing is left in the cluster', async () => {
  expect(await victim.run('cat "$HOME/heard"')).toBe(otherPod.status?.podIP);
  await command(house, `cancel #${other.number}`);
  await house.gone();
});

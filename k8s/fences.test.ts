import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAllYaml } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { renderFences } from './fences.ts';
import { label } from './names.ts';
import { policies as policyNames } from './policies.ts';

const image = `registry.example/worker@sha256:${'a'.repeat(64)}`;
const options = { system: 'ml-sys', image, runtimeClass: 'gvisor' };

const names = (objects: readonly { kind?: string; metadata?: { name?: string } }[]) =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata?.name}`);

test('what is bound comes before what binds it, and the policy that is waited for comes last', async () => {
  const rendered = names(await renderFences(options));
  expect(rendered.at(-1)).toBe('ValidatingAdmissionPolicyBinding mainloop-writes.ml-sys');
  const firstBinding = rendered.findIndex((name) => /^\w*Binding /.test(name));
  expect(rendered.slice(firstBinding).every((name) => /^\w*Binding /.test(name))).toBe(true);
  expect(rendered).toContain('ClusterRole mainloop-task-manager.ml-sys');
});

test('cluster-wide objects of two installations have different names', async () => {
  const clusterWide = (await renderFences(options)).filter(({ metadata }) => !metadata?.namespace);
  expect(clusterWide.length).toBeGreaterThan(10);
  for (const { metadata } of clusterWide) expect(metadata?.name).toMatch(/\.ml-sys$/);
});

test('cluster-wide objects carry the installation’s label, by which they are found when its namespace is gone', async () => {
  const clusterWide = (await renderFences(options)).filter(({ metadata }) => !metadata?.namespace);
  for (const { metadata } of clusterWide) expect(metadata?.labels).toEqual({ [label.system]: 'ml-sys' });
});

test('every policy fails closed, its binding denies, and the program knows of it', async () => {
  const objects = JSON.parse(JSON.stringify(await renderFences(options)));
  const spec = (kind: string) => objects.filter((object: { kind: string }) => object.kind === kind);
  const policies = spec('ValidatingAdmissionPolicy');
  for (const policy of policies) expect(policy.spec.failurePolicy).toBe('Fail');
  const bindings = spec('ValidatingAdmissionPolicyBinding');
  expect(bindings.map((binding: { spec: { policyName: string } }) => binding.spec.policyName).sort()).toEqual(
    policies.map((policy: { metadata: { name: string } }) => policy.metadata.name).sort(),
  );
  expect(policies.map(({ metadata }: { metadata: { name: string } }) => metadata.name).sort()).toEqual(
    policyNames.map((name) => `mainloop-${name}.ml-sys`).sort(),
  );
  for (const binding of bindings) expect(binding.spec.validationActions).toContain('Deny');
});

test('a value that would write more than itself is refused', async () => {
  await expect(renderFences({ ...options, image: "x' || true || '" })).rejects.toMatchObject({
    code: 'fences_template',
  });
});

const helm = (() => {
  try {
    return execFileSync('helm', ['version', '--short'], { encoding: 'utf8' });
  } catch {
    return '';
  }
})();

test.skipIf(!helm)('helm renders the same objects (needs helm on the PATH)', async () => {
  const chart = mkdtempSync(join(tmpdir(), 'fences-chart-'));
  try {
    mkdirSync(join(chart, 'templates'));
    symlinkSync(new URL('chart/templates/fences', import.meta.url).pathname, join(chart, 'templates/fences'));
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: fences\nversion: 0.0.1\n');
    const values = { worker: { image, runtimeClassName: 'gvisor' } };
    writeFileSync(join(chart, 'values.yaml'), JSON.stringify(values));
    const text = execFileSync('helm', ['template', 'x', chart, '--namespace', 'ml-sys'], { encoding: 'utf8' });
    const byName = (objects: object[]) => objects.map((object) => JSON.stringify(object)).sort();
    expect(byName(loadAllYaml(text))).toEqual(byName(await renderFences(options)));
  } finally {
    rmSync(chart, { recursive: true });
  }
});

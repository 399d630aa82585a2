import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['README.md', ...markdownIn('docs'), ...markdownIn('docs/adr')];
const read = (path: string) => readFileSync(join(root, path), 'utf8');

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

describe('the docs', () => {
  it.each(pages)('%s links and names only files that exist', (page) => {
    const text = read(page);
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    const local = links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => normalize(join(dirname(page), link)));
    const named = [...text.matchAll(/`((?:core|adapters|bot|k8s|sim|bench|docs)\/[\w./-]+)`/g)].map(
      (match) => match[1] ?? '',
    );
    expect([...local, ...named].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('hold every promise to a test that is there', () => {
    const rows = [...read('docs/invariants.md').matchAll(/`([\w./-]+\.ts)`: ((?:“[^”]+”(?:, )?)+)/g)];
    const missing = rows.flatMap(([, file = '', names = '']) => {
      const source = existsSync(join(root, file)) ? read(file).replaceAll("\\'", "'") : '';
      return [...names.matchAll(/“([^”]+)”/g)]
        .filter(([, name = '']) => !source.includes(name))
        .map(([, name]) => `${file}: ${name}`);
    });
    expect(rows.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });
});

it.each(['package-lock.json', 'k8s/worker/language-servers/package-lock.json'])(
  '%s names no place to download from',
  (file) => {
    const { packages } = JSON.parse(read(file)) as { packages: Record<string, { resolved?: string }> };
    expect(Object.keys(packages).length).toBeGreaterThan(50);
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved)).toEqual([]);
  },
);

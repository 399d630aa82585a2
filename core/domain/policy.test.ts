import { expect, test } from 'vitest';
import { type Deed, may, type Role } from './policy.ts';

const directing: readonly Deed[] = ['chat', 'propose', 'confirm', 'approve', 'answer', 'steer', 'cancel'];

test.each([
  ['owner', [...directing, 'view', 'administer']],
  ['member', [...directing, 'view']],
  ['viewer', ['view']],
] as const)('%s may %j and nothing else', (role: Role, deeds: readonly Deed[]) => {
  for (const deed of [...directing, 'view', 'administer'] as const)
    expect(may({ role }, deed)).toBe(deeds.includes(deed));
});

test('strangers and bots may nothing, not even look', () => {
  for (const deed of [...directing, 'view', 'administer'] as const) expect(may(null, deed)).toBe(false);
});

import { describe, expect, test } from 'vitest';
import { type Deed, hostMember, may, type Role, refusal, seenBy } from './policy.ts';

const directing: readonly Deed[] = ['chat', 'propose', 'confirm', 'approve', 'answer', 'steer', 'cancel'];

test.each([
  ['owner', [...directing, 'view', 'administer']],
  ['member', [...directing, 'view']],
  ['viewer', ['view']],
] as const)('%s may %j and nothing else', (role: Role, deeds: readonly Deed[]) => {
  for (const deed of [...directing, 'view', 'administer'] as const)
    expect(may({ role, projects: null }, deed)).toBe(deeds.includes(deed));
});

test('strangers and bots may nothing, not even look', () => {
  for (const deed of [...directing, 'view', 'administer'] as const) expect(may(null, deed)).toBe(false);
});

describe('projects', () => {
  const ben = { id: 2, name: 'Ben', role: 'member', projects: ['acme/web'] } as const;

  test.each([...directing, 'view'] as const)(
    'a person may %s in their projects, in any case, and in no other',
    (deed) => {
      expect(refusal(ben, deed, { repo: 'Acme/Web' })).toBeNull();
      expect(refusal(ben, deed, { repo: 'acme/secret' })).toBe('project');
      expect(refusal({ ...ben, projects: [] }, deed, { repo: 'acme/web' })).toBe('project');
      expect(refusal({ ...ben, projects: null }, deed, { repo: 'acme/secret' })).toBeNull();
    },
  );

  test('owners use all projects, strangers see none', () => {
    expect(refusal({ ...ben, role: 'owner' }, 'confirm', { repo: 'acme/secret' })).toBeNull();
    expect(seenBy({ ...ben, role: 'owner' })).toBeNull();
    expect(seenBy(ben)).toEqual(['acme/web']);
    expect(seenBy(null)).toEqual([]);
  });

  test('where their own approval is forbidden, the proposer neither confirms nor approves, and all else stays', () => {
    const own = { repo: 'acme/web', proposer: 2, selfApproval: false };
    expect(refusal(ben, 'confirm', own)).toBe('own');
    expect(refusal(ben, 'approve', own)).toBe('own');
    expect(refusal({ ...ben, role: 'owner' }, 'approve', own)).toBe('own');
    for (const deed of ['answer', 'steer', 'cancel', 'view'] as const) expect(refusal(ben, deed, own)).toBeNull();
    expect(refusal({ ...ben, id: 3 }, 'confirm', own)).toBeNull();
    expect(refusal(ben, 'confirm', { ...own, selfApproval: true })).toBeNull();
    expect(refusal(ben, 'confirm', { ...own, proposer: null })).toBeNull();
  });

  test('whom only the code host knows is a member of that repository, and no second pair of eyes', () => {
    const guest = hostMember('octocat', 'acme/web');
    expect(refusal(guest, 'approve', { repo: 'acme/web', proposer: 2, selfApproval: true })).toBeNull();
    expect(refusal(guest, 'approve', { repo: 'acme/web', proposer: 2, selfApproval: false })).toBe('own');
    expect(refusal(guest, 'steer', { repo: 'acme/secret' })).toBe('project');
  });
});

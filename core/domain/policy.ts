/** Owners run the house, members direct tasks, viewers look on. */
export type Role = 'owner' | 'member' | 'viewer';

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
}

/** Everything that is decided by policy. `administer` covers people and projects. */
export type Deed = 'chat' | 'view' | 'propose' | 'confirm' | 'approve' | 'answer' | 'steer' | 'cancel' | 'administer';

const allowed: Record<Role, readonly Deed[]> = {
  owner: ['chat', 'view', 'propose', 'confirm', 'approve', 'answer', 'steer', 'cancel', 'administer'],
  member: ['chat', 'view', 'propose', 'confirm', 'approve', 'answer', 'steer', 'cancel'],
  viewer: ['view'],
};

/** Whether a person may do a deed. Bots and strangers are no persons, so they may nothing. */
export const may = (person: Pick<Person, 'role'> | null, deed: Deed): boolean =>
  person !== null && allowed[person.role].includes(deed);

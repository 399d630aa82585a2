/** What the App (or a fine-grained token) must be granted per repository, and what for. docs/github.md shows the same list. */
export const REQUIRED_PERMISSIONS: Readonly<Record<string, 'read' | 'write'>> = {
  metadata: 'read',
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'read',
  statuses: 'read',
  actions: 'read',
};

/** Those that are missing, as people read them: `issues: write`. */
export function missingPermissions(granted: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(REQUIRED_PERMISSIONS)
    .filter(([name, level]) => !enough(granted[name], level))
    .map(([name, level]) => `${name}: ${level}`);
}

function enough(granted: unknown, needed: 'read' | 'write'): boolean {
  return granted === 'write' || granted === 'admin' || (needed === 'read' && granted === 'read');
}

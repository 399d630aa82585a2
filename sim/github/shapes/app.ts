import type { CheckApp } from '../model-checks.ts';
import type { Installation, World } from '../world.ts';
import { nodeId, simpleUser } from './user.ts';

/** `integration`: our App. */
export function appShape(world: World) {
  const { app } = world;
  return {
    ...otherApp(world, app),
    client_id: `Iv1.${app.id.toString(16).padStart(16, '0')}`,
    permissions: app.permissions,
    events: app.events,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    installations_count: world.installations.size,
  };
}

/** `integration`: somebody else's App, as beside a check run. */
export function otherApp(world: World, app: CheckApp) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: simpleUser(world, { id: 9919, login: 'github', name: 'GitHub', email: '', type: 'Organization' }),
    name: app.name,
    description: '',
    external_url: `${world.url}/apps/${app.slug}`,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: '2020-01-01T00:00:00Z',
    updated_at: '2020-01-01T00:00:00Z',
    permissions: { checks: 'write', metadata: 'read' },
    events: ['check_run', 'check_suite'],
  };
}

/** `installation` of GitHub's API description. */
export function installationShape(world: World, installation: Installation) {
  const { app } = world;
  return {
    id: installation.id,
    account: simpleUser(world, installation.account),
    repository_selection: 'selected',
    access_tokens_url: `${world.apiUrl}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.apiUrl}/installation/repositories`,
    html_url: `${world.url}/organizations/${installation.account.login}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type,
    permissions: app.permissions,
    events: app.events,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}

import { channelRoutes } from './channels.ts';
import { commandRoutes } from './commands.ts';
import { guildRoutes } from './guilds.ts';
import { interactionRoutes } from './interactions.ts';
import { messageRoutes } from './messages.ts';
import { reactionRoutes } from './reactions.ts';
import type { Handler } from './route.ts';
import { threadRoutes } from './threads.ts';

export interface Found {
  /** Such as `GET /channels/:channel`. */
  name: string;
  params: Record<string, string>;
  handler: Handler;
}

const ALL = {
  ...guildRoutes,
  ...channelRoutes,
  ...threadRoutes,
  ...messageRoutes,
  ...reactionRoutes,
  ...commandRoutes,
  ...interactionRoutes,
};

const ROUTES = Object.entries(ALL)
  .map(([name, handler]) => ({ name, handler, parts: name.replace(' ', '').split('/') }))
  // Fixed words before parameters: `users/@me` is not the user `@me`.
  .sort((a, b) => parameters(a.name) - parameters(b.name));

/** The route for a method and a path below the version, such as `/channels/1`. */
export function findRoute(method: string, path: string): Found | undefined {
  const given = `${method}${path}`.split('/');
  for (const { name, handler, parts } of ROUTES) {
    if (parts.length !== given.length) continue;
    const params: Record<string, string> = {};
    const fits = parts.every((part, i) => {
      const value = decodeURIComponent(given[i] ?? '');
      if (part.startsWith(':')) params[part.slice(1)] = value;
      return part.startsWith(':') ? value !== '' : part === value;
    });
    if (fits) return { name, params, handler };
  }
  return undefined;
}

function parameters(name: string): number {
  return name.split(':').length;
}

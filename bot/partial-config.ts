import { type Config, ConfigError, readConfig } from './config.ts';
import type { Problem } from './settings.ts';

export interface PartialConfig {
  /** What is set well; faulty parts are left out, or have their default. */
  readonly config: Config;
  readonly problems: readonly Problem[];
  /** Whether nothing is wrong with the settings that begin with this word. */
  isSound(part: string): boolean;
}

/** In the place of credentials that are not there. */
const standIns = { GITHUB_TOKEN: 'not-set-yet', ANTHROPIC_API_KEY: 'not-set-yet' };

/** The settings, so that each part can be looked at though others are missing or wrong. */
export function readPartialConfig(env: NodeJS.ProcessEnv): PartialConfig {
  const problems = problemsOf(env);
  const faulty = new Set(problems.map(({ variable }) => partOf(variable)));
  // A cluster without its settings can't be looked at.
  if (['KUBERNETES', 'BROKER', 'DOOR', 'EGRESS', 'ALLOW'].some((part) => faulty.has(part))) faulty.add('SANDBOX');
  const sound = Object.entries(env).filter(([name, value]) => value && !faulty.has(partOf(name)));
  const hasApp = sound.some(([name]) => name.startsWith('GITHUB_APP_'));
  const { GITHUB_TOKEN: _, ...others } = standIns;
  const config = readConfig({ ...(hasApp ? others : standIns), ...Object.fromEntries(sound) });
  return { config, problems, isSound: (part) => !faulty.has(part) };
}

/** Settings that belong together begin with the same word. */
export const partOf = (variable: string): string => variable.split('_', 1)[0] ?? '';

function problemsOf(env: NodeJS.ProcessEnv): readonly Problem[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

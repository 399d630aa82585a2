import type { Git } from './git.ts';

const names = ['CLAUDE.md', 'AGENTS.md'];
const maxCharacters = 20_000;

/**
 * What the base branch's CLAUDE.md and AGENTS.md say, as text for the prompt; empty when there is neither. The base branch,
 * since a pull request must not instruct its own worker; text, since Claude Code's own way of reading them also obeys
 * settings and hooks beside them.
 */
export async function repositoryNotes(git: Git, base: string): Promise<string> {
  const found = await Promise.all(
    names.map(async (name) => ({ name, text: (await git.maybe(['show', `${base}:${name}`]))?.trim() ?? '' })),
  );
  return found
    .filter(({ text }) => text !== '')
    .map(({ name, text }) => `<${name}>\n${defused(text.slice(0, maxCharacters))}\n</${name}>`)
    .join('\n\n');
}

/** A tag inside the notes would end them early or pass for a person's words; unseen characters could carry orders. */
const defused = (text: string): string =>
  text.replace(/\p{Cf}/gu, '').replace(/<(?=\s*\/?\s*(?:data|CLAUDE\.md|AGENTS\.md)\b)/giu, '‹');

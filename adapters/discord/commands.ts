import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  ApplicationCommandOptionType as Type,
} from 'discord.js';
import type { Account } from '../../core/domain/chat.ts';
import { type CommandForm, type CommandOption, commandForms, commandLine } from '../../core/domain/command-forms.ts';
import type { Suggest } from '../../core/ports.ts';
import type { Option } from './payload.ts';

/** All commands stand below this one. */
const NAME = 'mainloop';
const MAX_CHOICES = 25;
const MAX_WORDS = 100;
const COMPLETED = ['task', 'project', 'ask', 'person'] as const;

type Command = RESTPostAPIChatInputApplicationCommandsJSONBody;

/** `/mainloop` as Discord takes it: a subcommand for each form of a command, groups for those of two words. */
export function slashCommand(where: 'guild' | 'dm'): Command {
  const roots = [...new Set(commandForms.map(({ words }) => words[0]))];
  return {
    name: NAME,
    description: 'Direct coding tasks: propose, confirm, review, merge',
    ...(where === 'dm' ? { contexts: [InteractionContextType.BotDM] } : {}),
    options: roots.map((root) => {
      const forms = commandForms.filter(({ words }) => words[0] === root);
      const [only] = forms;
      if (forms.length === 1 && only && only.words.length === 1) return subcommand(only, root);
      return {
        type: Type.SubcommandGroup,
        name: root,
        description: forms.map(({ words }) => words[1]).join(', '),
        options: forms.map((form) => subcommand(form, form.words[1] ?? root)),
      };
    }),
  };
}

function subcommand({ about, options }: CommandForm, name: string): APIApplicationCommandSubcommandOption {
  // Discord wants what is required first; the order of the words is the core's.
  const sorted = [...options].sort((a, b) => Number(b.required ?? false) - Number(a.required ?? false));
  return { type: Type.Subcommand, name, description: about.slice(0, MAX_WORDS), options: sorted.map(option) };
}

function option({ name, about, kind, choices, required }: CommandOption): APIApplicationCommandBasicOption {
  const base = {
    type: Type.String as const,
    name,
    description: about.slice(0, MAX_WORDS),
    ...(required ? { required } : {}),
  };
  if (choices) return { ...base, choices: choices.slice(0, MAX_CHOICES).map((value) => ({ name: value, value })) };
  return isCompleted(kind) ? { ...base, autocomplete: true } : base;
}

type Completed = (typeof COMPLETED)[number];
const isCompleted = (kind: string): kind is Completed => COMPLETED.some((one) => one === kind);

/** What was chosen and typed, as the line that people write elsewhere. */
export function lineOf(options: readonly Option[]): string {
  const { words, values } = unfold(options);
  return commandLine(words, Object.fromEntries(values.map(({ name, value }) => [name, String(value ?? '')])));
}

/** What may be meant by the few letters of the option that is being typed. */
export async function choicesFor(
  options: readonly Option[],
  account: Account,
  suggest: Suggest,
): Promise<{ name: string; value: string }[]> {
  const { words, values } = unfold(options);
  const typed = values.find(({ focused }) => focused);
  const form = commandForms.find((one) => one.words.join(' ') === words.join(' '));
  const kind = form?.options.find(({ name }) => name === typed?.name)?.kind;
  if (!typed || !kind || !isCompleted(kind)) return [];
  const found = await suggest(kind, String(typed.value ?? ''), account);
  return found
    .slice(0, MAX_CHOICES)
    .map(({ label, value }) => ({ name: label.slice(0, MAX_WORDS), value: value.slice(0, MAX_WORDS) }));
}

/** The subcommand's words, and the options below it. */
function unfold(
  options: readonly Option[],
  words: readonly string[] = [],
): { words: readonly string[]; values: readonly Option[] } {
  const [first] = options;
  if (first?.type !== Type.Subcommand && first?.type !== Type.SubcommandGroup) return { words, values: options };
  return unfold(first.options ?? [], [...words, first.name]);
}

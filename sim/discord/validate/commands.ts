import { isJson, objectsIn } from '../json.ts';
import type { Json } from '../types.ts';
import { FormErrors, type Path } from './form-errors.ts';

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const SUB_COMMAND = 1;
const SUB_COMMAND_GROUP = 2;

/**
 * Checks slash commands (https://docs.discord.com/developers/interactions/application-commands).
 * @throws DiscordApiError 50035
 */
export function checkCommands(commands: unknown[]): void {
  const errors = new FormErrors();
  const names = new Set<unknown>();
  for (const [i, command] of commands.entries()) {
    if (!isJson(command)) {
      errors.add([i], 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
      continue;
    }
    const { type = 1 } = command;
    const key = `${type} ${command.name}`;
    if (names.has(key)) {
      errors.add([i, 'name'], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    }
    names.add(key);
    if (type !== 1) errors.text([i, 'name'], command.name, 32, 1);
    else {
      checkNamed(command, [i], errors);
      checkOptions(command, [i], errors);
    }
  }
  errors.check();
}

function checkNamed(item: Json, path: Path, errors: FormErrors): void {
  const name = errors.text([...path, 'name'], item.name, 32, 1);
  if (name !== undefined && (!NAME.test(name) || name !== name.toLowerCase())) {
    errors.add([...path, 'name'], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
  errors.text([...path, 'description'], item.description, 100, 1);
}

function checkOptions(holder: Json, path: Path, errors: FormErrors): void {
  errors.list([...path, 'options'], holder.options, 25);
  let hasOptional = false;
  for (const [i, option] of objectsIn(holder.options).entries()) {
    const at = [...path, 'options', i];
    errors.choice([...at, 'type'], option.type, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    checkNamed(option, at, errors);
    if (option.type === SUB_COMMAND || option.type === SUB_COMMAND_GROUP) {
      checkOptions(option, at, errors);
      continue;
    }
    if (option.required === true && hasOptional) {
      errors.add(
        [...at, 'required'],
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    hasOptional ||= option.required !== true;
    errors.list([...at, 'choices'], option.choices, 25);
    for (const [k, choice] of objectsIn(option.choices).entries()) {
      errors.text([...at, 'choices', k, 'name'], choice.name, 100, 1);
    }
  }
}

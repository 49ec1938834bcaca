import type { Command, Option } from 'commander';
import type { NameKind } from './name-kinds.ts';
import { argumentKind, optionKind } from './name-kinds.ts';
import type { TypedLine } from './typed-line.ts';

/** One answer; without a description it is a name of the project or a value. */
export interface Completion {
  readonly value: string;
  readonly description?: string | undefined;
}

/** What can stand at the cursor: known words, names that the project has, or paths. */
export type Completions =
  | { readonly kind: 'words'; readonly words: readonly Completion[] }
  | { readonly kind: 'names'; readonly names: NameKind; readonly of: readonly string[] }
  | { readonly kind: 'path'; readonly path: 'dir' | 'file' };

/** A command with what was typed after it. */
interface Position {
  readonly command: Command;
  readonly positionals: readonly string[];
  readonly seen: ReadonlySet<Option>;
  /** The option whose value comes next. */
  readonly pending: Option | undefined;
  /** Behind `--`, or in the arguments of another program. */
  readonly verbatim: boolean;
}

/** What fits at the cursor, not yet narrowed to what begins as the typed word does. */
export function findCompletions(program: Command, line: Pick<TypedLine, 'args' | 'incomplete'>): Completions {
  const position = follow(program, line.args);
  const { command, pending, verbatim } = position;
  if (pending !== undefined) return ofOption(pending);
  if (!verbatim && line.incomplete.startsWith('-')) {
    const name = line.incomplete.split('=')[0] ?? '';
    if (name !== line.incomplete) {
      const option = findOption(command, name);
      return option === undefined ? nothing : prefixed(ofOption(option), `${name}=`);
    }
    return words(optionWords(position));
  }
  const visible = command.commands.filter((each) => !isHidden(each));
  if (visible.length > 0 && position.positionals.length === 0)
    return words(
      visible.map((each) => ({ value: each.name(), description: firstSentence(each.description()) })),
    );
  return ofArgument(position);
}

const nothing: Completions = { kind: 'words', words: [] };

function words(found: readonly Completion[]): Completions {
  return { kind: 'words', words: found };
}

function follow(program: Command, args: readonly string[]): Position {
  let position: Position = {
    command: program,
    positionals: [],
    seen: new Set(),
    pending: undefined,
    verbatim: false,
  };
  for (const arg of args) position = step(position, arg);
  return position;
}

function step(position: Position, arg: string): Position {
  const { command, positionals, pending, verbatim } = position;
  if (pending !== undefined) return { ...position, pending: undefined };
  if (!verbatim && arg === '--') return { ...position, verbatim: true };
  if (!verbatim && arg.startsWith('-') && arg !== '-') {
    const option = findOption(command, arg.split('=')[0] ?? arg);
    if (option === undefined) return position;
    const takesValue = (option.required || option.optional) && !arg.includes('=');
    return {
      ...position,
      seen: new Set([...position.seen, option]),
      pending: takesValue ? option : undefined,
    };
  }
  const next = positionals.length === 0 ? findCommand(command, arg) : undefined;
  if (next !== undefined)
    return { command: next, positionals: [], seen: new Set(), pending: undefined, verbatim };
  return { ...position, positionals: [...positionals, arg], verbatim: verbatim || passesOn(command) };
}

function findCommand(command: Command, name: string): Command | undefined {
  return command.commands.find((each) => each.name() === name || each.aliases().includes(name));
}

/** Options in `--full_refresh` spelling count, too. */
function findOption(command: Command, name: string): Option | undefined {
  const spelled = name.startsWith('--') ? name.replaceAll('_', '-') : name;
  return command.options.find((option) => option.long === spelled || option.short === spelled);
}

/** Its later arguments belong to another program. */
function passesOn(command: Command): boolean {
  return '_passThroughOptions' in command && command._passThroughOptions === true;
}

function isHidden(command: Command): boolean {
  return '_hidden' in command && command._hidden === true;
}

function optionWords({ command, seen }: Position): readonly Completion[] {
  const help = { value: '--help', description: 'Show this message and exit' };
  const own = command.options
    .filter((option) => !option.hidden && option.long !== undefined)
    // One that is parsed may be given again: to add a value, or to replace it.
    .filter((option) => !seen.has(option) || option.parseArg !== undefined)
    .map((option) => ({ value: option.long ?? '', description: firstSentence(option.description) }));
  return [...own, help];
}

function firstSentence(text: string): string {
  return (text.split(/\.(?:\s|$)/)[0] ?? text).replaceAll('\n', ' ');
}

function ofOption(option: Option): Completions {
  if (option.argChoices !== undefined) return words(option.argChoices.map((value) => ({ value })));
  return ofKind(optionKind(option.long ?? ''), []);
}

function ofArgument({ command, positionals }: Position): Completions {
  const last = command.registeredArguments.at(-1);
  const argument =
    command.registeredArguments[positionals.length] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return nothing;
  return ofKind(argumentKind(pathOf(command), argument.name()), positionals);
}

function ofKind(
  kind: NameKind | 'dir' | 'file' | readonly string[] | undefined,
  of: readonly string[],
): Completions {
  if (kind === undefined) return nothing;
  if (typeof kind === 'object') return words(kind.map((value) => ({ value })));
  return kind === 'dir' || kind === 'file'
    ? { kind: 'path', path: kind }
    : { kind: 'names', names: kind, of };
}

function prefixed(completions: Completions, prefix: string): Completions {
  if (completions.kind === 'words')
    return words(completions.words.map((each) => ({ ...each, value: prefix + each.value })));
  return completions;
}

/** `schedule set`, without the name of the program. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

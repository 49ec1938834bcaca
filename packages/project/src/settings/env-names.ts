import type { SettingDefinition } from './setting-definition.ts';

/** Upper-cases the parts, replaces what is not a letter or digit of ASCII by `_`, and joins them with `_`. */
export function envName(...parts: readonly string[]): string {
  return parts.map((part) => part.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()).join('_');
}

/** A variable that gives a setting its value; a negated one gives the opposite of its truth. */
export interface EnvVariable {
  readonly name: string;
  readonly negated: boolean;
}

export interface EnvPrefixes {
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Whether a definition's `env_aliases` are read too. */
  readonly readAliases: boolean;
}

/** The variables that are looked up for a setting, in this order. */
export function readVariables(definition: SettingDefinition, prefixes: EnvPrefixes): readonly EnvVariable[] {
  const names = [definition.name, ...definition.aliases].flatMap((name) =>
    prefixes.read.map((prefix) => envName(prefix, name)),
  );
  return unique(prefixes.readAliases ? [...names, ...definition.envAliases] : names).map(parseVariable);
}

/** The variables under which a plugin's process, and later blocks of a pipeline, see a setting. */
export function exportVariables(definition: SettingDefinition, prefixes: EnvPrefixes): readonly string[] {
  return unique([
    ...(definition.env === undefined ? [] : [definition.env]),
    ...prefixes.write.map((prefix) => envName(prefix, definition.name)),
    ...definition.envAliases.filter((alias) => !alias.startsWith('!')),
  ]);
}

function parseVariable(name: string): EnvVariable {
  return name.startsWith('!') ? { name: name.slice(1), negated: true } : { name, negated: false };
}

export function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}

/** Prefixes of Meltano's own settings. */
export const projectPrefixes: EnvPrefixes = { read: ['meltano'], write: ['meltano'], readAliases: true };

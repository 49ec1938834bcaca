import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { pythonText } from '@meltano/foundation/python-text';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { findCommand } from './build-arguments.ts';
import { invokeError } from './errors.ts';
import { splitWords } from './split-words.ts';

/** In which container a command runs, as its definition says; nothing is expanded yet. */
export interface ContainerSpec {
  readonly image: string;
  /** Instead of the image's own; empty: the image's. */
  readonly words: readonly string[];
  readonly entrypoint: string | undefined;
  /** Port of this machine and port of the container, e.g. `['8080', '80/tcp']`. */
  readonly ports: readonly (readonly [string, string])[];
  /** `<source>:<target>[:<options>]`. */
  readonly volumes: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The container of a plugin's command; undefined for one that has none, which runs outside of a container, as in
 * Meltano. Throws `invoke.invalid_container` for what cannot be understood. Source: meltano-project §2.8.
 */
export function findContainerSpec(
  plugin: ResolvedPlugin,
  command: string | undefined,
): ContainerSpec | undefined {
  const spec = command === undefined ? undefined : findCommand(plugin, command).containerSpec;
  return spec === undefined ? undefined : parseContainerSpec(spec, `${plugin.name}:${command}`);
}

function parseContainerSpec(spec: JsonObject, where: string): ContainerSpec {
  const fail = (complaint: string) =>
    invokeError('invalid_container', {
      message: `The \`container_spec\` of '${where}' cannot be used: ${complaint}`,
      hint: "correct it in the plugin's definition; `image` is the one member it must have",
      details: { command: where },
    });
  const text = (name: string): string | undefined => {
    const value = spec[name] ?? null;
    if (value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw fail(`\`${name}\` must be a text`);
  };
  const image = text('image');
  if (image === undefined) throw fail('`image` is missing');
  if (image.startsWith('-')) throw fail('`image` must be the name of an image');
  const volumes = spec['volumes'] ?? [];
  if (!isTexts(volumes)) throw fail('`volumes` must be a list of texts');
  const mapping = (name: string): Readonly<Record<string, string>> => {
    const value = spec[name] ?? {};
    if (!isJsonObject(value)) throw fail(`\`${name}\` must be a mapping`);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, pythonText(each)]));
  };
  return {
    image,
    words: splitWords(text('command') ?? ''),
    entrypoint: text('entrypoint'),
    ports: Object.entries(mapping('ports')),
    volumes,
    env: mapping('env'),
  };
}

function isTexts(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

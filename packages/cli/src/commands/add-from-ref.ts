import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonArray, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { parseProjectFile } from '@meltano/project/document/parse-project-file';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import { cliError } from '../errors.ts';

/** What a custom entry takes over from a definition file, in the order of project files. */
const keptKeys = [
  'name',
  'namespace',
  'python',
  'label',
  'variant',
  'docs',
  'repo',
  'pip_url',
  'npm_package',
  'executable',
  'description',
  'logo_url',
  'capabilities',
  'settings_group_validation',
  'settings',
  'requires',
  'requires_meltano',
  'supported_python_versions',
  'commands',
];

const timeoutMs = 10_000;

/** Reads a plugin definition from an address or a file; it becomes a custom plugin. Source: meltano-project §2.12. */
export async function readDefinitionFile(
  ref: string,
  _type: PluginType,
  folder: string,
): Promise<{ readonly custom: JsonObject; readonly name: string }> {
  const definition = parseProjectFile(ref, await readRef(ref, folder)).value;
  const missing = ['name', 'namespace'].filter((key) => typeof definition[key] !== 'string');
  if (missing.length > 0) {
    throw cliError('invalid_definition', {
      message: `Plugin definition is invalid: missing properties (${missing.join(', ')})`,
      hint: `add them to ${ref}`,
    });
  }
  const entry = Object.fromEntries(
    keptKeys.flatMap((key) => (definition[key] === undefined ? [] : [[key, tidy(key, definition[key])]])),
  );
  return { custom: entry, name: String(definition['name']) };
}

/** Secrets are written in the newer of two spellings. */
function tidy(key: string, value: JsonValue): JsonValue {
  if (key !== 'settings' || !isJsonArray(value)) return value;
  return value.map((setting) => {
    const written = setting as JsonObject;
    return written['kind'] === 'password' ? { ...written, kind: 'string', sensitive: true } : setting;
  });
}

async function readRef(ref: string, folder: string): Promise<string> {
  try {
    if (!/^https?:\/\//.test(ref)) return await readFile(resolve(folder, ref), 'utf8');
    const answer = await fetch(ref, { signal: AbortSignal.timeout(timeoutMs) });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    return await answer.text();
  } catch (cause) {
    throw cliError('input_unreadable', {
      message: `The plugin definition '${ref}' cannot be read: ${errorMessage(cause)}`,
      hint: 'give the address of a YAML file, or a path',
      cause,
    });
  }
}

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import type { Catalog } from '@meltano/singer/catalog';
import { catalogFault } from '@meltano/singer/catalog-fault';
import { configOf } from '../about/connector-about.ts';
import { configFromEnv } from '../config/config-env.ts';
import type { ConnectorAbout } from '../connector.ts';
import { hostError } from './errors.ts';

/** Config files merged in their order, member by member of the top level; the environment wins over files. */
export async function readConfig(
  about: ConnectorAbout,
  sources: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<JsonObject> {
  const files = await Promise.all(sources.filter((source) => source !== 'ENV').map(readObject));
  const merged: JsonObject = Object.assign({}, ...files);
  const config = configOf(about);
  return sources.includes('ENV') && config !== undefined
    ? { ...merged, ...configFromEnv(about.name, config, env) }
    : merged;
}

async function readObject(path: string): Promise<JsonObject> {
  const value = await readJson(path, parseJson);
  if (isJsonObject(value)) return value;
  throw unreadable(path, 'must be a JSON object');
}

/**
 * The state; an empty file counts as none. What holds a state is taken for it: a whole STATE message, and what
 * `meltano state get` prints. Read as a state of no stream, it would load everything once more.
 */
export async function readState(path: string): Promise<JsonValue | undefined> {
  return readJson(path, (content) => (content.trim() === '' ? undefined : stateIn(parseJson(content))));
}

function stateIn(value: JsonValue): JsonValue {
  if (!isJsonObject(value) || value['bookmarks'] !== undefined) return value;
  if (value['type'] === 'STATE') return value['value'] ?? null;
  return isJsonObject(value['singer_state']) ? value['singer_state'] : value;
}

export async function readCatalog(path: string): Promise<Catalog> {
  const value = await readJson(path, parseJson);
  const fault = catalogFault(value);
  if (fault !== undefined) throw unreadable(path, `is no catalog: ${fault}`);
  return value as unknown as Catalog;
}

async function readJson<T>(path: string, parse: (content: string) => T): Promise<T> {
  let content: string;
  try {
    content = path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, `cannot be read: ${errorMessage(cause)}`, cause);
  }
  try {
    // Editors of Windows begin a file with a mark of order.
    return parse(content.replace(/^\ufeff/, ''));
  } catch {
    // The parser's message may quote the content, which may be secret.
    throw unreadable(path, 'is not valid JSON');
  }
}

function unreadable(path: string, problem: string, cause?: unknown) {
  return hostError('unreadable_file', {
    message: `The file ${path} ${problem}`,
    hint: 'check the path and the content of the file',
    place: { file: path },
    cause,
  });
}

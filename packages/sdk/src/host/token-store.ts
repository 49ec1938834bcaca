import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { Redactor } from '@meltano/foundation/redact';
import type { TokenStore } from '../connector.ts';
import { hostError } from './errors.ts';

/**
 * Keeps tokens in a JSON file that only its owner may read. A save replaces the file in one step, one after the
 * other; what is loaded and saved is hidden from the log.
 */
export function fileTokenStore(path: string, redactor?: Redactor): TokenStore {
  let last: Promise<void> = Promise.resolve();
  const hide = (value: string) => redactor?.add(value, ...textsIn(value));
  return {
    async load(name) {
      const value = (await readTokens(path))[name];
      if (typeof value !== 'string') return undefined;
      hide(value);
      return value;
    },
    save(name, value) {
      hide(value);
      last = last
        .catch(() => {})
        .then(async () => writeTokens(path, { ...(await readTokens(path)), [name]: value }));
      return last;
    },
  };
}

/** The texts inside a value that is JSON itself. */
function textsIn(value: string): readonly string[] {
  try {
    return Object.values(JSON.parse(value) as JsonObject).filter((each) => typeof each === 'string');
  } catch {
    return [];
  }
}

async function readTokens(path: string): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw unusable(path, errorMessage(cause), 'make it a file that you can read, or name another');
  }
  const value = parsed(text);
  if (isJsonObject(value)) return value;
  throw unusable(path, 'it is not a JSON object', broken);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

async function writeTokens(path: string, tokens: JsonObject): Promise<void> {
  const next = `${path}.${process.pid}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(next, `${JSON.stringify(tokens, undefined, 2)}\n`, { mode: 0o600 });
    await rename(next, path);
  } catch (cause) {
    throw unusable(path, errorMessage(cause), 'name a file in a folder that can be written to');
  }
}

/** A token that was replaced is lost with the file: the one of the settings may not be taken any more. */
const broken =
  'restore it from a copy; without one delete it, and give the tap new credentials where the old are refused';

function unusable(path: string, reason: string, hint: string) {
  return hostError('token_store', {
    message: `The file ${path}, which keeps tokens, cannot be used: ${reason}`,
    hint,
    place: { file: path },
  });
}

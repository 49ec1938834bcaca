import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isJsonObject, type JsonObject, parseJson, stringifyJson } from '@meltano/foundation/json';
import {
  createProjectFile,
  type ProjectFile,
  parseProjectFile,
} from '@meltano/project/document/parse-project-file';
import { makeFolder } from '../make-folder.ts';
import { replaceFile } from './replace-file.ts';

/** Shorter texts are parsed faster than a cached value is found. */
const worthCachingFrom = 4096;
/** Goes up when the same text is read as another value than before. */
const reader = 1;

/**
 * Reads a project file, by its content: a text that was read before, here or by an earlier process, is not
 * parsed again. What was read lies in the system folder, one small file for each project file; where that
 * cannot be written or was damaged, the text is parsed.
 */
export function parseCached(
  systemDir: string,
  path: string,
  text: string,
  options: { readonly mayBeEmpty: boolean },
): ProjectFile {
  if (text.length < worthCachingFrom) return parseProjectFile(path, text, options);
  const cache = join(systemDir, 'run', 'parsed', `${hashOf(path).slice(0, 16)}.json`);
  const hash = hashOf(`${reader}\0${text}`);
  const value = readValue(cache, hash);
  if (value !== undefined) return createProjectFile(path, text, value);
  const file = parseProjectFile(path, text, options);
  writeValue(cache, hash, file.value);
  return file;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function readValue(cache: string, hash: string): JsonObject | undefined {
  try {
    const content = readFileSync(cache, 'utf8');
    if (!content.startsWith(`{"hash":"${hash}"`)) return undefined;
    const cached = parseJson(content);
    const value = isJsonObject(cached) ? cached['value'] : undefined;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Project files may hold secrets: their owner alone reads what is kept of them. */
function writeValue(cache: string, hash: string, value: JsonObject): void {
  try {
    makeFolder(dirname(cache), 0o700);
    replaceFile(cache, stringifyJson({ hash, value }), 0o600);
  } catch {
    // Without the cache everything works, only slower.
  }
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonArray } from '@meltano/foundation/json';
import { type ProjectFile, parseProjectFile } from '@meltano/project/document/parse-project-file';
import { parseProject } from '@meltano/project/parse-project';
import type { Project } from '@meltano/project/project';
import { workspaceError } from './errors.ts';
import { projectFileName } from './find-project-root.ts';
import { findIncludedFiles } from './included-files.ts';

/** The files of a project as they were read: `meltano.yml` first, then the included ones. */
export interface ProjectFiles {
  readonly files: readonly ProjectFile[];
  readonly project: Project;
}

const parsed = new Map<string, ProjectFile>();
const maxParsed = 64;

/** Reads `meltano.yml` and what it includes. Files whose text is known are not parsed again. */
export function loadProjectFiles(root: string, systemDir: string): ProjectFiles {
  const main = loadFile(root, projectFileName, false);
  const includes = main.value['include_paths'];
  const patterns = isJsonArray(includes) ? includes.filter((each) => typeof each === 'string') : [];
  const included = findIncludedFiles(root, patterns, systemDir).map((path) => loadFile(root, path, true));
  const files = [main, ...included];
  return { files, project: parseProject(files) };
}

function loadFile(root: string, path: string, mayBeEmpty: boolean): ProjectFile {
  const text = readText(join(root, path), path);
  const key = `${path}\0${createHash('sha256').update(text).digest('hex')}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const file = parseProjectFile(path, text, { mayBeEmpty });
  if (parsed.size >= maxParsed) parsed.clear();
  parsed.set(key, file);
  return file;
}

export function readText(file: string, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw workspaceError('unreadable', {
      message: `${path} cannot be read: ${error instanceof TypeError ? 'it is not UTF-8 text' : errorCode(error)}`,
      hint: `Check that ${path} exists, is readable and is saved as UTF-8`,
      place: { file: path },
      cause: error,
    });
  }
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

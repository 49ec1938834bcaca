import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonArray } from '@meltano/foundation/json';
import type { ProjectFile } from '@meltano/project/document/parse-project-file';
import { parseProject } from '@meltano/project/parse-project';
import type { Project } from '@meltano/project/project';
import { workspaceError } from './errors.ts';
import { projectFileName } from './find-project-root.ts';
import { findIncludedFiles } from './included-files.ts';
import { parseCached } from './parse-cached.ts';

/** The files of a project as they were read: `meltano.yml` first, then the included ones. */
export interface ProjectFiles {
  readonly files: readonly ProjectFile[];
  readonly project: Project;
}

/** Reads `meltano.yml` and what it includes. */
export function loadProjectFiles(root: string, systemDir: string): ProjectFiles {
  const load = (path: string, mayBeEmpty: boolean) =>
    parseCached(systemDir, path, readText(join(root, path), path), { mayBeEmpty });
  const main = load(projectFileName, false);
  const includes = main.value['include_paths'];
  const patterns = isJsonArray(includes) ? includes.filter((each) => typeof each === 'string') : [];
  const included = findIncludedFiles(root, patterns, systemDir).map((path) => load(path, true));
  const files = [main, ...included];
  return { files, project: parseProject(files) };
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

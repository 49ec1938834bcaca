import type { Dirent } from 'node:fs';
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { workspaceError } from './errors.ts';
import { projectFileName } from './find-project-root.ts';

/**
 * The files that the patterns of `include_paths` match, each once, sorted within a pattern; relative to the
 * root, with `/`. `**` stands for any folders, and a `*` matches names with a leading dot too. The folder of
 * the system is never searched. A match that is no file or lies outside of the root is an error.
 */
export function findIncludedFiles(
  root: string,
  patterns: readonly string[],
  systemDir: string,
): readonly string[] {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const matches = [...matchPattern(root, pattern, systemDir)].sort();
    for (const match of matches) {
      const path = relative(root, match).split(sep).join('/');
      if (path === projectFileName) continue;
      assertIncludable(root, match, path);
      found.add(path);
    }
  }
  return [...found];
}

function assertIncludable(root: string, file: string, path: string): void {
  if (!statSync(file).isFile()) {
    throw workspaceError('include_not_a_file', {
      message: `Included path '${path}' is not a file`,
      hint: 'Narrow the pattern in `include_paths`, e.g. to `*.yml`',
      place: { file: projectFileName, path: 'include_paths' },
    });
  }
  const fromRoot = relative(root, realpathSync(file));
  if (fromRoot.startsWith('..')) {
    throw workspaceError('include_outside', {
      message: `Included path '${path}' is outside the project root '${root}'`,
      hint: 'Include only files of the project',
      place: { file: projectFileName, path: 'include_paths' },
    });
  }
}

function matchPattern(root: string, pattern: string, systemDir: string): ReadonlySet<string> {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  let folders: ReadonlySet<string> = new Set([root]);
  parts.forEach((part, index) => {
    const next = new Set<string>();
    const isLast = index === parts.length - 1;
    for (const folder of folders) {
      for (const match of matchPart(folder, part, isLast, systemDir)) next.add(match);
    }
    folders = next;
  });
  return parts.length === 0 ? new Set() : folders;
}

function matchPart(folder: string, part: string, isLast: boolean, systemDir: string): readonly string[] {
  if (part === '..') return [join(folder, '..')];
  if (part === '**') return foldersBelow(folder, systemDir);
  if (!/[*?[]/.test(part)) {
    const path = join(folder, part);
    return statSync(path, { throwIfNoEntry: false }) === undefined ? [] : [path];
  }
  const matches = wildcard(part);
  return entries(folder)
    .filter((entry) => matches.test(entry.name) && (isLast || !entry.isFile()))
    .map((entry) => join(folder, entry.name));
}

/** The folder itself and all below it; links to folders are not followed, so that a loop ends. */
function foldersBelow(folder: string, systemDir: string): readonly string[] {
  if (folder === systemDir) return [];
  const below = entries(folder).filter((entry) => entry.isDirectory());
  return [folder, ...below.flatMap((entry) => foldersBelow(join(folder, entry.name), systemDir))];
}

function entries(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function wildcard(part: string): RegExp {
  const source = part.replace(
    /\[!([^\]]+)\]|\[([^\]]+)\]|\*+|\?|[\\^$.|+(){}[\]]/g,
    (all, not?: string, among?: string) => {
      if (not !== undefined) return `[^${escapeClass(not)}]`;
      if (among !== undefined) return `[${escapeClass(among)}]`;
      if (all.startsWith('*')) return '.*';
      return all === '?' ? '.' : `\\${all}`;
    },
  );
  return new RegExp(`^${source}$`, 's');
}

function escapeClass(text: string): string {
  return text.replace(/[\\\]^]/g, '\\$&');
}

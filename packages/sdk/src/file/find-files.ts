import { globSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { errorMessage } from '@meltano/foundation/errors';
import { fileError } from './errors.ts';

/** A file as it was when the run began. */
export interface FoundFile {
  /** As it is shown and kept in state: relative to the working directory where it lies below it. */
  readonly name: string;
  readonly path: string;
  /** RFC 3339 with microseconds. */
  readonly modified: string;
  readonly bytes: number;
}

export interface FindOptions {
  /** A file, a folder or a glob; relative to the working directory. */
  readonly path: string;
  /** Name endings that count in a folder, e.g. `.csv`. */
  readonly endings: readonly string[];
}

/** The files of a path, oldest first, then by name. Throws `files.not_found` when there is none. */
export function findFiles({ path, endings }: FindOptions): readonly FoundFile[] {
  const files = candidates(path, endings).map(describeFile);
  if (files.length === 0) {
    throw fileError('not_found', {
      message: `No file matches ${path}`,
      hint: `paths are relative to the working directory, ${process.cwd()}; a folder is searched for ${endings.join(', ')}`,
      details: { path },
    });
  }
  return files.sort((a, b) => compare(a.modified, b.modified) || compare(a.name, b.name));
}

function candidates(path: string, endings: readonly string[]): readonly string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return isPattern(path) ? matches(path).filter(isFile) : [];
  if (stats.isFile()) return [path];
  if (!stats.isDirectory()) throw neither(path);
  const found = globSync('**/*', { cwd: path }).map((each) => join(path, each));
  return found.filter(
    (each) => endings.some((ending) => each.toLowerCase().endsWith(ending)) && isFile(each),
  );
}

function isPattern(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** Folders at the beginning of a pattern that are there are meant as they are written: `data[1]/*.csv`. */
function matches(path: string): readonly string[] {
  const parts = path.split('/');
  let count = 0;
  while (count < parts.length - 1 && isFolder(folderOf(parts, count + 1))) count += 1;
  if (count === 0) return globSync(path);
  const folder = folderOf(parts, count);
  return globSync(parts.slice(count).join('/'), { cwd: folder }).map((each) => join(folder, each));
}

function folderOf(parts: readonly string[], count: number): string {
  return `${parts.slice(0, count).join('/')}/`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A pipe would be waited for without end. */
function neither(path: string) {
  return fileError('unreadable', {
    message: `${path} is neither a file nor a folder`,
    hint: 'files are read more than once, which a pipe or a device does not allow: write its content into a file',
    place: { file: path },
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function describeFile(given: string): FoundFile {
  const path = resolve(given);
  const local = relative(process.cwd(), path);
  try {
    const stats = statSync(path, { bigint: true });
    return {
      name: local.startsWith('..') ? path : local,
      path,
      modified: instantOf(stats.mtimeNs),
      bytes: Number(stats.size),
    };
  } catch (cause) {
    throw fileError('unreadable', { message: `${given} cannot be read: ${errorMessage(cause)}`, cause });
  }
}

function instantOf(nanoseconds: bigint): string {
  const microseconds = nanoseconds / 1_000n;
  const seconds = new Date(Number(microseconds / 1_000_000n) * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${String(microseconds % 1_000_000n).padStart(6, '0')}Z`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

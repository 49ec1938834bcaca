import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'yaml';

/** A project as it lies on disk. */
export interface Snapshot {
  readonly files: Readonly<Record<string, string>>;
  readonly tables: Readonly<Record<string, readonly unknown[]>>;
}

/** Everything outside of `.meltano`, the given folders in it, and the tables both programs share. */
export async function takeSnapshot(project: string, also: readonly string[]): Promise<Snapshot> {
  const files: Record<string, string> = {};
  for (const folder of [project, ...also.map((each) => join(project, '.meltano', each))]) {
    await collect(folder, project, files);
  }
  return { files, tables: readTables(join(project, '.meltano', 'meltano.db')) };
}

async function collect(folder: string, project: string, files: Record<string, string>): Promise<void> {
  if (!existsSync(folder)) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== '.meltano') await collect(path, project, files);
    else if (entry.isFile() && !entry.name.endsWith('.db')) {
      files[relative(project, path)] = await readFile(path, 'utf8');
    }
  }
}

const queries = {
  runs: 'SELECT job_name, state, payload, payload_flags, "trigger" FROM runs ORDER BY started_at, id',
  state: 'SELECT state_id, completed_state, partial_state FROM state ORDER BY state_id',
  plugin_settings: 'SELECT namespace, name, hex(value) AS value, enabled FROM plugin_settings ORDER BY 1, 2',
};

function readTables(file: string): Record<string, readonly unknown[]> {
  if (!existsSync(file)) return {};
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return Object.fromEntries(
      Object.entries(queries).map(([table, query]) => [table, readRows(database, query)]),
    );
  } finally {
    database.close();
  }
}

/** A table that does not exist yet is an empty one: when it is made is each program's own affair. */
function readRows(database: DatabaseSync, query: string): readonly unknown[] {
  try {
    return database.prepare(query).all().map(parseColumns);
  } catch {
    return [];
  }
}

function parseColumns(row: Record<string, unknown>): unknown {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, parseColumn(column, value)]),
  );
}

function parseColumn(column: string, value: unknown): unknown {
  const isJson = column === 'payload' || column.endsWith('_state');
  if (!isJson || typeof value !== 'string') return value;
  const parsed = JSON.parse(value);
  // A full stop at the end of a sentence is a matter of taste.
  return typeof parsed.error === 'string'
    ? { ...parsed, error: parsed.error.trim().replace(/\.$/, '') }
    : parsed;
}

export function changedFiles(before: Snapshot, after: Snapshot): Record<string, unknown> {
  const paths = new Set([...Object.keys(before.files), ...Object.keys(after.files)]);
  const changed = [...paths].sort().filter((path) => before.files[path] !== after.files[path]);
  return Object.fromEntries(
    changed
      .map((path) => [path, contentOf(path, after.files[path])] as const)
      .filter(([path, content]) => !isSame(content, contentOf(path, before.files[path]))),
  );
}

function contentOf(path: string, text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    if (path.endsWith('.json')) return JSON.parse(text);
    return path.endsWith('.yml') ? (parse(text) ?? {}) : text;
  } catch {
    return text;
  }
}

/** Comments in project files that are not there any more although what they stand beside still is. */
export function lostComments(before: Snapshot, after: Snapshot): readonly string[] {
  return Object.entries(before.files)
    .filter(([path]) => path.endsWith('.yml') && after.files[path] !== undefined)
    .flatMap(([path, text]) => {
      const left = after.files[path] ?? '';
      return [...text.matchAll(/^(.*?)\s*(#.*)$/gm)]
        .filter(([, code = '', comment = '']) => !left.includes(comment) && isStillThere(code, left))
        .map(([, , comment = '']) => comment);
    });
}

/** A key keeps its place when its value changes; an entry of a list is known by all of its line. */
function isStillThere(code: string, text: string): boolean {
  if (code.trim() === '') return true;
  const known = code.trim().startsWith('- ') ? code : `${code.split(':')[0]}:`;
  return `\n${text}`.includes(`\n${known}`);
}

export function changedTables(before: Snapshot, after: Snapshot): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(after.tables).filter(([table, rows]) => !isSame(rows, before.tables[table] ?? [])),
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

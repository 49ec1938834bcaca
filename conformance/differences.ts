import type { Answer, Difference, LogLine } from './scenario.ts';

/** What a decision turns Meltano's answer into; `id` is its line in `docs/reference/differences.md`. */
export function differs(id: string, ours: Difference['ours']): Difference {
  return { id, ours };
}

export function exits(id: string, code: number): Difference {
  return { id, ours: { code } };
}

/** All of standard output is ours. */
export function prints(id: string, ...lines: readonly string[]): Difference {
  return { id, ours: { stdout: lines.length > 0 ? [...lines, ''] : [''] } };
}

/** A piece of text in standard output. */
export function replaces(id: string, from: string | RegExp, to: string): Difference {
  return {
    id,
    ours: (theirs) => ({ ...theirs, stdout: theirs.stdout.join('\n').replace(from, to).split('\n') }),
  };
}

/** Log lines with this event are not there. */
export function drops(id: string, event: string | RegExp): Difference {
  const isIt = (line: LogLine) => (typeof event === 'string' ? line.event === event : event.test(line.event));
  return { id, ours: (theirs) => ({ ...theirs, log: theirs.log.filter((line) => !isIt(line)) }) };
}

/** A further log line of the program itself, the last one of those. */
export function logs(id: string, level: string, event: string): Difference {
  return {
    id,
    ours: (theirs) => {
      const own = theirs.log.filter(({ name }) => name === undefined);
      const others = theirs.log.filter(({ name }) => name !== undefined);
      return { ...theirs, log: [...own, { level, event }, ...others] };
    },
  };
}

/** A fact of a log line is another. */
export function changesLog(id: string, event: string, change: (line: LogLine) => LogLine): Difference {
  return {
    id,
    ours: (theirs) => ({
      ...theirs,
      log: theirs.log.map((line) => (line.event === event ? change(line) : line)),
    }),
  };
}

/** The file is left as it is. */
export function leaves(id: string, path: string): Difference {
  return {
    id,
    ours: (theirs: Answer) => ({
      ...theirs,
      files: Object.fromEntries(Object.entries(theirs.files).filter(([each]) => each !== path)),
    }),
  };
}

/** A file as this program leaves it; null when it is deleted. */
export function writes(id: string, path: string, change: (content: never) => unknown): Difference {
  return {
    id,
    ours: (theirs) => ({
      ...theirs,
      files: { ...theirs.files, [path]: change(theirs.files[path] as never) },
    }),
  };
}

/** A table of the system database. */
export function stores(id: string, table: string, change: (rows: never) => unknown): Difference {
  return {
    id,
    ours: (theirs) => ({
      ...theirs,
      tables: { ...theirs.tables, [table]: change(theirs.tables[table] as never) },
    }),
  };
}

/** Lists of custom plugins are not doubled in the manifest. */
export const listsOnce = differs('manifest-lists', (theirs) => ({
  ...theirs,
  files: once(theirs.files) as typeof theirs.files,
}));

function once(value: unknown): unknown {
  if (Array.isArray(value)) {
    const seen = new Set<string>();
    return value
      .map(once)
      .filter((each) => !seen.has(JSON.stringify(each)) && seen.add(JSON.stringify(each)));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, once(each)]));
}

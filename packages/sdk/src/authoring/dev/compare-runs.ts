import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { RecordItem } from '../../connector.ts';
import { identify, lastState, outputByStream } from '../../testing/tap-output.ts';

/** What one run of a tap gave. */
export interface RunOutput {
  readonly items: readonly RecordItem[];
  readonly failure: string | undefined;
  /** What the tap has warned of. */
  readonly warnings?: readonly string[];
  /** No more records of a stream were read. */
  readonly maxRecords?: number;
}

/** How many changed rows are shown of a stream. */
const shown = 5;

/** Lines that tell how a run differs from the one before: schemas, rows by key, the state. Empty when nothing does. */
export function compareRuns(before: RunOutput | undefined, after: RunOutput): readonly string[] {
  // A tap that could not even begin says nothing about its streams.
  if (after.failure !== undefined && after.items.length === 0) return [`! ${after.failure}`];
  const [old, now] = [outputByStream(before?.items ?? []), outputByStream(after.items)];
  const lines = [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    if (is === undefined) return [`- stream ${name} is gone`];
    if (was === undefined)
      return [newStream(name, is.records.length, after.maxRecords), ...sample(is.records)];
    return [
      ...prefixed(name, compareProperties(was.schema.schema, is.schema.schema)),
      ...prefixed(name, compareRows(was.records, is.records, is.schema.keyProperties)),
    ];
  });
  const [wasState, isState] = [lastState(before?.items ?? []), lastState(after.items)];
  if (before !== undefined && stringifyJson(wasState ?? null) !== stringifyJson(isState ?? null)) {
    lines.push(`~ state: ${stringifyJson(isState ?? null)}`);
  }
  if (after.failure !== undefined) lines.push(`! ${after.failure}`);
  return lines;
}

function newStream(name: string, count: number, maxRecords: number | undefined): string {
  const limit = count === maxRecords ? ', as many as --max-records allows' : '';
  return `+ stream ${name}: ${count} records${limit}`;
}

function sample(records: readonly JsonObject[]): readonly string[] {
  return records.slice(0, 3).map((record) => `    ${stringifyJson(record)}`);
}

function prefixed(stream: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`~ stream ${stream}`, ...lines.map((line) => `  ${line}`)];
}

function compareProperties(was: JsonObject, is: JsonObject): readonly string[] {
  const of = (schema: JsonObject) => (isJsonObject(schema['properties']) ? schema['properties'] : {});
  const [old, now] = [of(was), of(is)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name) => {
    const [a, b] = [textOf(old[name]), textOf(now[name])];
    if (a === b) return [];
    if (a === undefined) return [`+ property ${name}: ${b ?? ''}`];
    return [b === undefined ? `- property ${name}` : `~ property ${name}: ${a} → ${b}`];
  });
}

function textOf(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : stringifyJson(value);
}

function compareRows(
  was: readonly JsonObject[],
  is: readonly JsonObject[],
  keys: readonly string[],
): readonly string[] {
  const byKey = (records: readonly JsonObject[]) =>
    new Map(records.map((record) => [identify(record, keys), record]));
  const [old, now] = [byKey(was), byKey(is)];
  const added = [...now].filter(([id]) => !old.has(id)).map(([, record]) => `+ ${stringifyJson(record)}`);
  const removed = [...old].filter(([id]) => !now.has(id)).map(([, record]) => `- ${stringifyJson(record)}`);
  const changed = [...now].flatMap(([id, record]) => {
    const before = old.get(id);
    return before === undefined ? [] : changedMembers(id, before, record);
  });
  return [...limited(added), ...limited(removed), ...limited(changed)];
}

function changedMembers(id: string, was: JsonObject, is: JsonObject): readonly string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const changes = names
    .filter((name) => textOf(was[name]) !== textOf(is[name]))
    .map((name) => `${name}: ${textOf(was[name]) ?? '(absent)'} → ${textOf(is[name]) ?? '(absent)'}`);
  return changes.length === 0 ? [] : [`~ ${id} ${changes.join(', ')}`];
}

function limited(lines: readonly string[]): readonly string[] {
  const rest = lines.length - shown;
  return rest > 0 ? [...lines.slice(0, shown), `… and ${rest} more`] : lines;
}

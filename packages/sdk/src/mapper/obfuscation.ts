import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { type Log, silentLog } from '@meltano/foundation/log';
import { nearNames } from '@meltano/foundation/near-names';
import type { RecordItem } from '../connector.ts';
import { setMember } from '../schema/member.ts';
import { mapperError } from './errors.ts';
import { createItemMapping } from './map-items.ts';
import type { SourceStream } from './map-schema.ts';
import { columnsOf, hiddenSchema } from './obfuscated-schema.ts';
import {
  isPattern,
  type Level,
  levelOf,
  matches,
  type ObfuscationRule,
  type Place,
  parseRules,
  rulesOf,
} from './obfuscation-rules.ts';
import type { EndingMapping } from './open-mapping.ts';
import type { Projection } from './stream-maps.ts';

/**
 * Hides values of columns before anything else sees them. Reads `obfuscate`: methods by column within stream, both
 * names or patterns. Of several rules the first counts, names before patterns. Throws `mapper.invalid_obfuscation`, also
 * for a rule that names a column which a stream has under nearly that name only: what was to be hidden would pass.
 */
export function createObfuscation(
  written: JsonObject,
  key: string | undefined,
  log: Log = silentLog,
): EndingMapping {
  const rules = parseRules(written, key);
  const levels = new Map<string, Level>();
  const levelFor = (stream: string): Level => {
    const level = levels.get(stream) ?? levelOf(rulesOf(stream, rules));
    levels.set(stream, level);
    return level;
  };
  const used = new Set<ObfuscationRule>();
  const streams = new Set<string>();
  const mapping = createItemMapping((source, { bookmarkProperties = [] }) => {
    const { stream, schema, keyProperties } = source;
    streams.add(stream);
    const own = rulesOf(stream, rules);
    if (own.length === 0) return [{ stream, schema, keyProperties, map: undefined }];
    const columns = columnsOf(schema);
    for (const rule of own) {
      if (columns.some((column) => matches(column, rule.column))) used.add(rule);
      else assertNotMisspelt(rule, stream, columns);
    }
    return [obfuscated(source, bookmarkProperties, levelFor(stream))];
  });
  return {
    keepsRecords: mapping.keepsRecords,
    map(item) {
      if (item.kind === 'state') assertNothingHidden(item.value, levelFor);
      return mapping.map(item.kind === 'other' ? hiddenOther(item, levelFor) : item);
    },
    end() {
      for (const rule of rules) if (!used.has(rule)) tellUnused(rule, streams, log);
    },
  };
}

function obfuscated(
  { stream, schema, keyProperties }: SourceStream,
  bookmarks: readonly string[],
  level: Level,
): Projection {
  const told = bookmarks.find((name) => level(name).method !== undefined);
  if (told !== undefined) throw inState(stream, told);
  const same = keyProperties.find((name) => level(name).method?.keepsDistinct === false);
  if (same !== undefined) throw keyLost(stream, same);
  return {
    stream,
    keyProperties,
    schema: hiddenSchema(schema, level),
    map: (record) => hiddenObject(record, level),
  };
}

function hiddenObject(object: JsonObject, level: Level): JsonObject {
  const copy: Record<string, JsonValue> = {};
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const place = level(key);
    if (place.method === undefined) setMember(copy, key, hiddenWithin(value, place));
    else setMember(copy, key, value === null ? null : place.method.obfuscate(value));
  }
  return copy;
}

/**
 * Objects in lists have the paths that they would have without the list. What is neither, as the text of an object,
 * may hold the column that is to be hidden: it is hidden whole.
 */
function hiddenWithin(value: JsonValue, place: Place): JsonValue {
  if (isJsonArray(value)) return value.map((item) => hiddenWithin(item, place));
  if (isJsonObject(value)) return hiddenObject(value, place.below);
  return value === null || place.methodWithin === undefined ? value : place.methodWithin.obfuscate(value);
}

/** A message of a type that nobody knows, with a record of a stream in it. */
function hiddenOther(
  item: Extract<RecordItem, { kind: 'other' }>,
  levelFor: (stream: string) => Level,
): RecordItem {
  const { stream, record } = item.body;
  if (typeof stream !== 'string' || !isJsonObject(record)) return item;
  return { ...item, body: { ...item.body, record: hiddenObject(record, levelFor(stream)) } };
}

/** Taps need the values in their state, so that it cannot be changed: a column that is in it cannot be hidden. */
function assertNothingHidden(state: JsonValue, levelFor: (stream: string) => Level): void {
  const bookmarks = isJsonObject(state) ? state['bookmarks'] : undefined;
  if (!isJsonObject(bookmarks)) return;
  for (const [stream, bookmark] of Object.entries(bookmarks)) {
    if (!isJsonObject(bookmark)) continue;
    const level = levelFor(stream);
    // The partitions of a stream all have the same members.
    const [partition] = isJsonArray(bookmark['partitions']) ? bookmark['partitions'] : [];
    const context = isJsonObject(partition) && isJsonObject(partition['context']) ? partition['context'] : {};
    const keys = [bookmark, partition].flatMap((each) =>
      isJsonObject(each) && typeof each['replication_key'] === 'string' ? [each['replication_key']] : [],
    );
    const told = [...keys, ...Object.keys(context)].find((name) => level(name).method !== undefined);
    if (told !== undefined) throw inState(stream, told);
  }
}

/** A column that is not selected is not in the schema either; one that looks like another is a slip. */
function assertNotMisspelt(rule: ObfuscationRule, stream: string, columns: readonly string[]): void {
  if (isPattern(rule.column)) return;
  const plain = (name: string) => name.toLowerCase().replaceAll('__', '.');
  const near =
    columns.find((column) => plain(column) === plain(rule.column)) ??
    nearNames(rule.column, columns, 1, likely)[0];
  if (near === undefined) return;
  throw mapperError('invalid_obfuscation', {
    message: `obfuscate names the column "${rule.column}" of the stream ${stream}, which does not have it: nothing would be hidden`,
    hint: `did you mean "${near}"? Its columns are ${columns.join(', ')}`,
    details: { stream, column: rule.column },
  });
}

/** Names as alike as `emial` and `email`. */
const likely = 0.8;

function tellUnused({ stream, column }: ObfuscationRule, streams: ReadonlySet<string>, log: Log): void {
  const came = [...streams].some((name) => matches(name, stream));
  const near = came
    ? undefined
    : ([...streams].find((name) => name.toLowerCase() === stream.toLowerCase()) ??
      nearNames(stream, streams, 1, likely)[0]);
  // Streams that are not selected do not come.
  if (!came && near === undefined) return;
  const why = came
    ? 'no schema has such a column'
    : `no such stream came: did you mean '${near}', which passed as it was?`;
  log.log('warning', `The rule ${stream}.${column} of obfuscate hid nothing: ${why}`, { stream, column });
}

function inState(stream: string, column: string) {
  return mapperError('invalid_obfuscation', {
    message: `obfuscate hides "${column}" of the stream ${stream}, whose values the state of the run keeps as they are`,
    hint: `leave ${stream}.${column} out of obfuscate, or let the tap replicate and partition by another column`,
    details: { stream, column },
  });
}

function keyLost(stream: string, column: string) {
  return mapperError('invalid_obfuscation', {
    message: `obfuscate makes the key "${column}" of the stream ${stream} the same for different rows, which would replace each other`,
    hint: 'use hash or tokenize, which keep different values apart',
    details: { stream, column },
  });
}

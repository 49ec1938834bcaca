import { readFileSync } from 'node:fs';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import { expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import type { RecordItem, TapContext } from '../connector.ts';
import { systemClock } from '../host/system-clock.ts';
import { s } from '../schema/schema.ts';
import { lastState } from '../testing/tap-output.ts';
import { defineTap } from './define-tap.ts';
import { defineStream, type Stream } from './stream.ts';

/** A tap as data; scripts/record_parent_child.py makes the same one with the Python SDK. */
interface Case {
  readonly name: string;
  readonly streams: readonly Described[];
  readonly selected?: readonly string[];
  readonly state?: JsonObject;
}

interface Described {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
  readonly parent?: string;
  /** Members of the context that a row must have. */
  readonly where?: readonly string[];
  /** What a record gives to its children: members of their context, and columns. */
  readonly gives?: Readonly<Record<string, string>>;
  readonly replication_key?: string;
  readonly sorted?: boolean;
  readonly state_keys?: readonly string[];
  readonly partitions?: readonly JsonObject[];
  readonly all_records?: boolean;
}

interface Outcome {
  readonly schemas: readonly string[];
  readonly records: Readonly<Record<string, readonly JsonObject[]>>;
  readonly state: JsonObject;
}

interface Answer {
  readonly name: string;
  readonly first: Outcome;
  readonly second: Outcome;
}

const folder = `${import.meta.dirname}/../../recorded`;
const read = (name: string) => parseJson(readFileSync(`${folder}/${name}`, 'utf8')) as JsonObject;
const cases = read('parent-child-cases.json')['cases'] as unknown as readonly Case[];
const answers = read('parent-child.json')['answers'] as unknown as readonly Answer[];

const types: Readonly<Record<string, string>> = { id: 'integer', parent_id: 'integer', child_id: 'integer' };

function schemaOf(columns: readonly string[]) {
  const properties = columns.map((name) => [
    name,
    { type: [types[name] ?? 'string', 'null'], ...(name === 'at' ? { format: 'date-time' } : {}) },
  ]);
  return s.of({ type: 'object', properties: Object.fromEntries(properties) as JsonObject });
}

function streamOf(described: Described, all: readonly Described[]): Stream {
  const { columns, rows, where = [], replication_key: key } = described;
  const parent = all.find(({ name }) => name === described.parent);
  const given = Object.entries(parent?.gives ?? {});
  return defineStream({
    name: described.name,
    schema: schemaOf(columns),
    keys: ['id'],
    ...(key === undefined ? {} : { replicationKey: key }),
    ...(described.sorted === undefined ? {} : { sorted: described.sorted }),
    ...(described.state_keys === undefined ? {} : { stateKeys: described.state_keys }),
    ...(described.partitions === undefined ? {} : { partitions: described.partitions }),
    ...(parent === undefined
      ? {}
      : {
          parents: [
            {
              stream: parent.name,
              allRecords: described.all_records ?? false,
              partition: (record: JsonObject, partition: JsonObject) => ({
                ...partition,
                ...Object.fromEntries(given.map(([name, column]) => [name, record[column] ?? null])),
              }),
            },
          ],
        }),
    records: ({ partition }) =>
      rows
        .filter((row) => where.every((name) => row[name] === partition[name]))
        .map((row) => Object.fromEntries(columns.map((name) => [name, row[name]])) as JsonObject),
  });
}

async function run(described: Case, state: JsonObject): Promise<Outcome> {
  const tap = defineTap({
    name: 'tap-recorded',
    label: 'Recorded',
    description: 'Rows of a file',
    version: '1.0.0',
    config: defineConfig({}),
    streams: described.streams.map((each) => streamOf(each, described.streams)),
  });
  const context: TapContext = {
    config: {},
    log: silentLog,
    clock: systemClock,
    signal: new AbortController().signal,
    state,
  };
  const { streams } = await tap.discover(context);
  const catalog = {
    streams: streams.map((stream) => ({
      ...stream,
      metadata: (stream.metadata ?? []).map((entry) =>
        entry.breadcrumb.length > 0
          ? entry
          : {
              ...entry,
              metadata: {
                ...entry.metadata,
                selected: described.selected?.includes(stream.tap_stream_id) ?? true,
              },
            },
      ),
    })),
  };
  const open = await tap.open({ ...context, catalog });
  const items: RecordItem[] = [];
  try {
    for await (const item of open.read('record')) items.push(item);
  } finally {
    await open.close();
  }
  const records: Record<string, JsonObject[]> = {};
  for (const item of items)
    if (item.kind === 'records') records[item.stream] = [...(records[item.stream] ?? []), ...item.records];
  const schemas = items.flatMap((item) => (item.kind === 'schema' ? [item.stream] : []));
  return { schemas: schemas.sort(), records, state: (lastState(items) ?? {}) as JsonObject };
}

/** The Python SDK names every context of a stream that has no bookmark to keep; here only bookmarks are kept. */
function withoutEmptyPartitions(state: JsonObject): JsonValue {
  const bookmarks = isJsonObject(state['bookmarks']) ? state['bookmarks'] : {};
  const kept = Object.entries(bookmarks).map(([name, bookmark]) => {
    if (!isJsonObject(bookmark)) return [name, bookmark];
    const { partitions, ...own } = bookmark;
    const some = isJsonArray(partitions ?? null)
      ? (partitions as readonly JsonObject[]).filter((each) => Object.keys(each).length > 1)
      : [];
    return [name, some.length === 0 ? own : { ...own, partitions: some }];
  });
  return Object.fromEntries(kept) as JsonObject;
}

test.each(cases)('$name: as the Python SDK', async (described) => {
  const answer = answers.find(({ name }) => name === described.name);
  expect(answer).toBeDefined();
  for (const [turn, state] of [
    ['first', described.state ?? {}],
    // It goes on from the state that the Python SDK wrote.
    ['second', answer?.first.state ?? {}],
  ] as const) {
    const wanted = answer?.[turn];
    const got = await run(described, state);
    expect(got.records, turn).toEqual(wanted?.records);
    expect(withoutEmptyPartitions(got.state), turn).toEqual(withoutEmptyPartitions(wanted?.state ?? {}));
    // A stream without records sends its SCHEMA, too, so that its table is made.
    expect(got.schemas, turn).toEqual(expect.arrayContaining([...(wanted?.schemas ?? [])]));
  }
});

import { readFileSync } from 'node:fs';
import { isAppError } from '@meltano/foundation/errors';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
  stringifyJson,
} from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import { messageToJson, parseMessage } from '@meltano/singer/message';
import { describe, expect, test } from 'vitest';
import type { RecordItem } from '../connector.ts';
import { itemOf } from '../host/item-of.ts';
import { renderItem } from '../host/singer-output.ts';
import { createMapFailures } from './map-failures.ts';
import { createItemMapping } from './map-items.ts';
import { mapConfig } from './map-settings.ts';
import { createStreamMaps } from './stream-maps.ts';

interface Case {
  readonly name: string;
  readonly config: JsonObject;
  readonly messages: readonly JsonObject[];
}

/** What meltano-map-transformer for Python makes of a case; see scripts/record_stream_maps.py. */
interface Answer {
  readonly name: string;
  readonly removed?: readonly string[];
  readonly messages?: readonly JsonObject[];
  readonly error?: string;
}

const folder = `${import.meta.dirname}/../../recorded`;
const read = (name: string) => parseJson(readFileSync(`${folder}/${name}`, 'utf8')) as JsonObject;
const cases = read('stream-map-cases.json')['cases'] as unknown as readonly Case[];
const answers = read('stream-maps.json')['answers'] as unknown as readonly Answer[];

const world = { clock: { now: () => 0, sleep: () => Promise.resolve() }, random: () => 0.5 };

function ours({ config, messages }: Case): readonly JsonObject[] | string {
  try {
    const maps = createStreamMaps({
      config: mapConfig.parse(config),
      world,
      failures: createMapFailures({ policy: 'fail', most: 0 }, silentLog),
    });
    const mapping = createItemMapping(
      (source) => maps?.projections(source) ?? [{ ...source, map: undefined }],
    );
    return messages.flatMap((message) => mapping.map(toItem(message)).flatMap(toMessages));
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.code;
  }
}

function toItem(message: JsonObject): RecordItem {
  const parsed = parseMessage(message);
  if (parsed.type !== 'RECORD') return itemOf(parsed);
  const { stream, record, version } = parsed;
  return {
    kind: 'records',
    stream,
    records: [record],
    bytes: 1,
    ...(version === undefined ? {} : { version }),
  };
}

function toMessages(item: RecordItem): readonly JsonObject[] {
  return renderItem(item)
    .trimEnd()
    .split('\n')
    .map((line) => messageToJson(parseMessage(parseJson(line))));
}

/** Members in one order, and without those that say nothing. */
function canonical(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(canonical);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, canonical(value[key] ?? null)]),
  );
}

function plain(message: JsonObject): string {
  const { bookmark_properties: _, ...rest } = message;
  const keys = message['type'] === 'SCHEMA' ? { key_properties: message['key_properties'] ?? [] } : {};
  return stringifyJson(canonical({ ...rest, ...keys }));
}

/** The Python program sends schemas of streams that are removed, and the text `null` in `anyOf` where a schema belongs. */
function theirs({ messages = [], removed = [] }: Answer): readonly string[] {
  return messages
    .filter(({ stream }) => typeof stream !== 'string' || !removed.includes(stream))
    .map((message) => plain(withNullSchemas(message) as JsonObject));
}

function withNullSchemas(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(withNullSchemas);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    const branches = key === 'anyOf' && Array.isArray(item) ? (item as readonly JsonValue[]) : undefined;
    const valid = branches?.map((branch) => (branch === 'null' ? { type: 'null' } : branch)) ?? item;
    return [key, withNullSchemas(valid)] as const;
  });
  return Object.fromEntries(entries);
}

/** The codes of errors by their names in Python. */
const codes: Readonly<Record<string, RegExp>> = {
  StreamMapConfigError: /^mapper\./,
  ConfigValidationError: /^mapper\./,
  ValueError: /^mapper\.name_clash$/,
  MapExpressionError: /^expression\./,
  IndexError: /^expression\./,
  KeyError: /^expression\.failed$/,
  TypeError: /^expression\.failed$/,
  AttributeError: /^expression\.failed$/,
  ZeroDivisionError: /^expression\.failed$/,
};

const schemaOf = (stream: string, schema: JsonObject, keys: readonly string[]) =>
  plain({ type: 'SCHEMA', stream, schema, key_properties: keys });
const recordOf = (stream: string, record: JsonObject) => plain({ type: 'RECORD', stream, record });
const draft = 'https://json-schema.org/draft/2020-12/schema';

/** Where this SDK does otherwise on purpose; docs/reference/stream-maps.md names the reasons. */
const differences: Readonly<Record<string, readonly string[] | string>> = {
  // Keys stay although they are not named.
  'only named, key not mapped': [
    schemaOf(
      'people',
      {
        type: 'object',
        properties: { id: { type: 'integer' }, label: { type: ['string', 'null'] } },
        $schema: draft,
      },
      ['id'],
    ),
    recordOf('people', { id: 1, label: 'Nils Holm' }),
    recordOf('people', { id: 2, label: 'Oda Brandt' }),
  ],
  // No property is lost.
  'flattening: a union of numbers': [
    schemaOf(
      'deep',
      {
        type: 'object',
        properties: { n: { anyOf: [{ type: 'integer' }, { type: 'null' }] }, s: { type: 'string' } },
      },
      [],
    ),
    recordOf('deep', { n: 1, s: 'a' }),
  ],
  // Nothing is required that no record can have.
  'flattening: a required object': [
    schemaOf(
      'deep',
      {
        type: 'object',
        properties: { id: { type: 'integer' }, o__x: { type: 'string' } },
        required: ['id'],
      },
      ['id'],
    ),
    recordOf('deep', { id: 1, o__x: 'y' }),
  ],
  // A schema without properties is one that knows none.
  'schema without properties': [
    schemaOf('bare', { type: 'object', properties: { x: { type: ['string', 'null'] } } }, []),
    recordOf('bare', { id: 1, x: 1 }),
  ],
  // Files of records pass where records stay as they are.
  'batch message': (cases.find(({ name }) => name === 'batch message')?.messages ?? []).map(plain),
  // Where a person fakes with Python, this SDK needs a package.
  'fake: a value of its own': 'mapper.no_faker',
  'fake: seeded by a property': 'mapper.no_faker',
  'fake: seed and locale': 'mapper.no_faker',
  // Other names of the same refusal.
  'record before its schema': 'mapper.no_schema',
  'alias beside source': 'mapper.invalid_maps',
};

/** What is to be made of a case: messages, the code of an error, or the name that Python has for it. */
function expected(answer: Answer): readonly string[] | string {
  return differences[answer.name] ?? answer.error ?? theirs(answer);
}

function made(given: Case, { name, error = '' }: Answer): readonly string[] | string {
  const result = ours(given);
  if (typeof result !== 'string') return result.map(plain);
  return !(name in differences) && codes[error]?.test(result) === true ? error : result;
}

describe('makes what meltano-map-transformer for Python makes', () => {
  test.each(answers.map((answer, at) => [answer.name, answer, cases[at]] as const))(
    '%s',
    (_name, answer, given) => {
      if (given === undefined) throw new Error('no such case');
      expect(made(given, answer)).toEqual(expected(answer));
    },
  );
});

import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { singerError } from './errors.ts';

/**
 * The messages of the Singer protocol, one JSON object per line. Members that the protocol does not name are
 * kept in `extra` and written back (Invariant 6). Source: Singer specification 0.3.0 and the Meltano SDK's
 * extensions (`version`, `ACTIVATE_VERSION`, `BATCH`).
 */
export type SingerMessage =
  | SchemaMessage
  | RecordMessage
  | StateMessage
  | ActivateVersionMessage
  | BatchMessage
  | UnknownMessage;

interface Extensible {
  readonly extra?: JsonObject;
}

export interface SchemaMessage extends Extensible {
  readonly type: 'SCHEMA';
  readonly stream: string;
  /** JSON Schema of a record. */
  readonly schema: JsonObject;
  /** Primary key; empty when the stream has none. */
  readonly keyProperties: readonly string[];
  readonly bookmarkProperties?: readonly string[];
}

export interface RecordMessage extends Extensible {
  readonly type: 'RECORD';
  readonly stream: string;
  readonly record: JsonObject;
  /** RFC 3339. */
  readonly timeExtracted?: string;
  readonly version?: number;
}

export interface StateMessage extends Extensible {
  readonly type: 'STATE';
  /** A whole snapshot, opaque to all but the tap. */
  readonly value: JsonValue;
}

export interface ActivateVersionMessage extends Extensible {
  readonly type: 'ACTIVATE_VERSION';
  readonly stream: string;
  /** Rows of the stream that carry another version are stale. */
  readonly version: number;
}

/** Files that hold records of a stream. The body is passed on as it came: two dialects exist. */
export interface BatchMessage {
  readonly type: 'BATCH';
  readonly stream: string;
  readonly body: JsonObject;
}

/** A message type that this program does not know; passed on as it came. */
export interface UnknownMessage {
  readonly type: 'UNKNOWN';
  readonly body: JsonObject;
}

/** Makes a message of one parsed line. Throws `singer.invalid_message` when a member that the protocol requires is missing or of the wrong type. */
export function parseMessage(value: JsonValue): SingerMessage {
  if (!isJsonObject(value))
    throw singerError('invalid_message', { message: 'A Singer message must be a JSON object' });
  const type = value['type'];
  if (typeof type !== 'string') {
    throw singerError('invalid_message', { message: 'A Singer message must have a "type"' });
  }
  switch (type) {
    case 'SCHEMA':
      return parseSchemaMessage(value);
    case 'RECORD':
      return parseRecordMessage(value);
    case 'STATE': {
      if (!Object.hasOwn(value, 'value')) throw missing(type, 'value');
      return { type, value: value['value'] ?? null, ...extraOf(value, stateMembers) };
    }
    case 'ACTIVATE_VERSION':
      return {
        type,
        stream: stringMember(value, 'stream'),
        version: numberMember(value, 'version'),
        ...extraOf(value, versionMembers),
      };
    case 'BATCH':
      return { type, stream: stringMember(value, 'stream'), body: value };
    default:
      return { type: 'UNKNOWN', body: value };
  }
}

const schemaMembers = new Set(['type', 'stream', 'schema', 'key_properties', 'bookmark_properties']);
const recordMembers = new Set(['type', 'stream', 'record', 'time_extracted', 'version']);
const stateMembers = new Set(['type', 'value']);
const versionMembers = new Set(['type', 'stream', 'version']);

function parseSchemaMessage(value: JsonObject): SchemaMessage {
  const schema = value['schema'];
  if (!isJsonObject(schema)) throw missing('SCHEMA', 'schema');
  const bookmarks = stringList(value['bookmark_properties']);
  return {
    type: 'SCHEMA',
    stream: stringMember(value, 'stream'),
    schema,
    keyProperties: stringList(value['key_properties']) ?? [],
    ...(bookmarks === undefined ? {} : { bookmarkProperties: bookmarks }),
    ...extraOf(value, schemaMembers),
  };
}

function parseRecordMessage(value: JsonObject): RecordMessage {
  const record = value['record'];
  if (!isJsonObject(record)) throw missing('RECORD', 'record');
  const time = value['time_extracted'];
  const version = value['version'];
  const message: Writable<RecordMessage> = { type: 'RECORD', stream: stringMember(value, 'stream'), record };
  if (typeof time === 'string') message.timeExtracted = time;
  if (version !== undefined && version !== null) message.version = Number(version);
  const { extra } = extraOf(value, recordMembers);
  if (extra !== undefined) message.extra = extra;
  return message;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The message as the JSON object that goes on the wire, known members first. */
export function messageToJson(message: SingerMessage): JsonObject {
  switch (message.type) {
    case 'SCHEMA':
      return {
        type: 'SCHEMA',
        stream: message.stream,
        schema: message.schema,
        key_properties: message.keyProperties,
        ...(message.bookmarkProperties ? { bookmark_properties: message.bookmarkProperties } : {}),
        ...message.extra,
      };
    case 'RECORD':
      return {
        type: 'RECORD',
        stream: message.stream,
        record: message.record,
        ...(message.timeExtracted === undefined ? {} : { time_extracted: message.timeExtracted }),
        ...(message.version === undefined ? {} : { version: message.version }),
        ...message.extra,
      };
    case 'STATE':
      return { type: 'STATE', value: message.value, ...message.extra };
    case 'ACTIVATE_VERSION':
      return {
        type: 'ACTIVATE_VERSION',
        stream: message.stream,
        version: message.version,
        ...message.extra,
      };
    case 'BATCH':
    case 'UNKNOWN':
      return message.body;
  }
}

function extraOf(value: JsonObject, known: ReadonlySet<string>): { extra?: JsonObject } {
  let others: [string, JsonValue][] | undefined;
  // Nearly all messages have none: nothing is made for them.
  for (const key in value) {
    if (!known.has(key)) (others ??= []).push([key, value[key] ?? null]);
  }
  return others === undefined ? {} : { extra: Object.fromEntries(others) };
}

function stringMember(value: JsonObject, name: string): string {
  const member = value[name];
  if (typeof member !== 'string') throw missing(value['type'], name);
  return member;
}

function numberMember(value: JsonObject, name: string): number {
  const member = Number(value[name] ?? Number.NaN);
  if (!Number.isFinite(member)) throw missing(value['type'], name);
  return member;
}

function stringList(value: JsonValue | undefined): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}

function missing(type: JsonValue | undefined, member: string) {
  return singerError('invalid_message', {
    message: `The ${typeof type === 'string' ? type : 'unknown'} message has no valid "${member}"`,
    details: { type, member },
  });
}

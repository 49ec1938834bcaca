import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { mapperError } from './errors.ts';

/** One entry of `stream_maps`, in the order in which it was written. */
export interface StreamMapEntry {
  /** The stream, the pattern or, for a copy, the name of the copy. */
  readonly key: string;
  /** The stream or pattern that the entry is about. */
  readonly source: string;
  /** A further stream beside the stream itself. */
  readonly isCopy: boolean;
  /** Undefined removes the stream. */
  readonly map: StreamMap | undefined;
}

export interface StreamMap {
  /** The expression of a new name. */
  readonly alias: string | undefined;
  readonly filter: string | undefined;
  /** Null for a stream without keys; undefined leaves them as they are. */
  readonly keyProperties: readonly string[] | null | undefined;
  /** Properties that are not named are left out. */
  readonly onlyNamed: boolean;
  /** Expressions by property; undefined removes the property. */
  readonly properties: readonly (readonly [string, string | undefined])[];
}

export interface StreamMapEntries {
  readonly entries: readonly StreamMapEntry[];
  /** Streams that no entry is about are left out. */
  readonly onlyNamed: boolean;
}

const removal = '__NULL__';
const isRemoval = (value: JsonValue | undefined) => value === null || value === removal;

/** Reads `stream_maps`. Throws `mapper.invalid_maps` that names the place. */
export function parseStreamMaps(maps: JsonObject): StreamMapEntries {
  const { __else__: otherStreams, ...streams } = maps;
  if (otherStreams !== undefined && !isRemoval(otherStreams))
    throw invalid('__else__', 'can only be null, which removes all other streams');
  const entries = Object.entries(streams).map(([key, value]) => parseEntry(key, value));
  return { entries, onlyNamed: otherStreams !== undefined };
}

function parseEntry(key: string, value: JsonValue): StreamMapEntry {
  if (key.startsWith('__')) throw invalid(key, 'is no option; there is only __else__');
  if (isRemoval(value)) return { key, source: key, isCopy: false, map: undefined };
  if (!isJsonObject(value))
    throw invalid(key, 'must be an object with properties, or null to remove the stream');
  const { __source__: source, ...map } = value;
  if (source !== undefined && typeof source !== 'string')
    throw invalid(`${key}.__source__`, 'must be the name of a stream or a pattern');
  if (source !== undefined && '__alias__' in map)
    throw invalid(`${key}.__alias__`, 'is of no use beside __source__: the copy has the name of its entry');
  return { key, source: source ?? key, isCopy: source !== undefined, map: parseMap(key, map) };
}

function parseMap(key: string, value: JsonObject): StreamMap {
  const {
    __alias__: alias,
    __filter__: filter,
    __key_properties__: keyProperties,
    __else__: others,
    ...properties
  } = value;
  if (others !== undefined && !isRemoval(others))
    throw invalid(`${key}.__else__`, 'can only be null, which removes all other properties');
  return {
    alias: expression(`${key}.__alias__`, alias),
    filter: expression(`${key}.__filter__`, filter),
    keyProperties: parseKeys(`${key}.__key_properties__`, keyProperties),
    onlyNamed: others !== undefined,
    properties: Object.entries(properties).map(([name, each]) => [
      name,
      parseProperty(`${key}.${name}`, each),
    ]),
  };
}

function expression(place: string, value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(place, 'must be a text');
  return value;
}

function parseKeys(place: string, value: JsonValue | undefined): readonly string[] | null | undefined {
  if (value === undefined || value === null) return value;
  if (!isJsonArray(value) || !value.every((name) => typeof name === 'string'))
    throw invalid(place, 'must be a list of names, or null');
  return value;
}

function parseProperty(place: string, value: JsonValue): string | undefined {
  if (isRemoval(value)) return undefined;
  if (typeof value === 'string') return value;
  throw invalid(place, 'must be the text of an expression, or null to remove the property');
}

function invalid(place: string, problem: string) {
  return mapperError('invalid_maps', {
    message: `stream_maps.${place} ${problem}`,
    hint: 'see docs/reference/stream-maps.md for what stream maps can hold',
    details: { place },
  });
}

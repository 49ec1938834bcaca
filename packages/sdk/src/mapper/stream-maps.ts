import type { JsonObject } from '@meltano/foundation/json';
import { nearNames } from '@meltano/foundation/near-names';
import { matchesGlob } from '@meltano/singer/glob';
import { createFunctions, type ExpressionWorld, type Functions } from '../expression/expression.ts';
import type { Value } from '../expression/value/value.ts';
import { type Alias, compileAlias } from './alias.ts';
import type { FlatteningOptions } from './flatten-key.ts';
import { createRecordFlattening } from './flatten-record.ts';
import { flattenSchema } from './flatten-schema.ts';
import { flatteningOf } from './flattening.ts';
import type { MapFailureCounts } from './map-failures.ts';
import { compileRecordMap, type MapRecord } from './map-record.ts';
import { type MappedSchema, mapSchema, type SourceStream } from './map-schema.ts';
import type { MapConfig } from './map-settings.ts';
import { parseStreamMaps, type StreamMap, type StreamMapEntry } from './parse-maps.ts';

/** One stream that a stream becomes. */
export interface Projection {
  readonly stream: string;
  readonly schema: JsonObject;
  readonly keyProperties: readonly string[];
  /** Undefined when records stay as they are. */
  readonly map: MapRecord | undefined;
}

/** Compiled stream maps. Streams become known by their schemas, again when a schema changes. */
export interface StreamMaps {
  /** What the stream becomes: nothing when it is removed, several streams when there are copies. */
  projections(source: SourceStream): readonly Projection[];
  /** Entries that were about no stream so far although one has nearly that name. */
  misspelt(): readonly MisspeltEntry[];
}

export interface MisspeltEntry {
  readonly source: string;
  readonly near: string;
}

export interface StreamMapsOptions {
  readonly config: MapConfig;
  readonly world: ExpressionWorld;
  /** What `fake` is in expressions, where there is such a thing. */
  readonly fake?: Value | undefined;
  readonly failures: MapFailureCounts;
}

/**
 * Stream maps and flattening as the Meltano SDK has them. Undefined when the settings ask for neither. Throws
 * `mapper.…` for settings that are not valid, and `expression.…` when a stream is compiled.
 */
export function createStreamMaps({
  config,
  world,
  fake,
  failures,
}: StreamMapsOptions): StreamMaps | undefined {
  const maps = parseStreamMaps(config.stream_maps ?? {});
  const flattening = flatteningOf(config);
  if (maps.entries.length === 0 && !maps.onlyNamed && flattening === undefined) return undefined;
  const functions = createFunctions(world);
  const settings = { config: config.stream_map_config ?? {}, functions, fake, failures, flattening };
  const entries = maps.entries.map((entry) => ({ ...entry, alias: aliasOf(entry, functions) }));
  const seen = new Set<string>();
  const used = new Set<string>();
  return {
    projections(source) {
      seen.add(source.stream);
      let primary = maps.onlyNamed ? undefined : unmapped(source, flattening);
      const copies: Projection[] = [];
      for (const entry of entries) {
        if (entry.source !== source.stream && !matchesGlob(source.stream, entry.source)) continue;
        used.add(entry.source);
        const projection = entry.map && project(source, entry.map, nameOf(entry, source.stream), settings);
        if (!entry.isCopy) primary = projection;
        else if (projection !== undefined) copies.push(projection);
      }
      return primary === undefined ? copies : [primary, ...copies];
    },
    misspelt: () =>
      entries.flatMap(({ source }) => {
        const [near] = used.has(source) ? [] : nearNames(source, seen, 1, likely);
        return near === undefined ? [] : [{ source, near }];
      }),
  };
}

/** Two names as alike as `poeple` and `people`. */
const likely = 0.8;

function aliasOf({ map, key }: StreamMapEntry, functions: Functions): Alias | undefined {
  return map?.alias === undefined ? undefined : compileAlias(map.alias, key, functions);
}

/** The alias, or the key of the entry; one that is a pattern leaves the name as it is. */
function nameOf(entry: StreamMapEntry & { readonly alias: Alias | undefined }, stream: string): string {
  const name = entry.alias === undefined ? entry.key : entry.alias(stream);
  return entry.source !== stream && name === entry.source ? stream : name;
}

interface ProjectSettings {
  readonly config: JsonObject;
  readonly functions: Functions;
  readonly fake: Value | undefined;
  readonly failures: MapFailureCounts;
  readonly flattening: FlatteningOptions | undefined;
}

function unmapped(
  { stream, schema, keyProperties }: SourceStream,
  flattening: FlatteningOptions | undefined,
): Projection {
  return flattened({ stream, schema, keyProperties, map: undefined }, flattening);
}

function project(source: SourceStream, map: StreamMap, alias: string, settings: ProjectSettings): Projection {
  const mapped = mapSchema(source, map, alias);
  return flattened(
    { stream: alias, ...mapped, map: recordMap(source, map, mapped, alias, settings) },
    settings.flattening,
  );
}

/** An alias alone leaves records as they are. */
function recordMap(
  { stream }: SourceStream,
  map: StreamMap,
  { keyProperties }: MappedSchema,
  alias: string,
  { config, functions, fake, failures }: ProjectSettings,
): MapRecord | undefined {
  if (map.properties.length === 0 && map.filter === undefined && !map.onlyNamed) return undefined;
  return compileRecordMap({
    map,
    stream,
    alias,
    keyProperties,
    config,
    functions,
    fake,
    failures: failures.of(alias),
  });
}

/** Records are mapped first and flattened then. */
function flattened(projection: Projection, flattening: FlatteningOptions | undefined): Projection {
  if (flattening === undefined) return projection;
  const schema = flattenSchema(projection.schema, projection.stream, flattening);
  const flatten = createRecordFlattening(schema, flattening);
  const { map } = projection;
  return {
    ...projection,
    schema,
    map(record) {
      const mapped = map === undefined ? record : map(record);
      return mapped && flatten(mapped);
    },
  };
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import type { TemplateSource } from '../tap/define-tap.ts';
import type { StreamTemplate } from '../tap/stream.ts';
import { checkColumns } from './check-columns.ts';
import { manifestError } from './errors.ts';
import { inferSchema } from './infer-schema.ts';
import type { StreamManifest } from './manifest.ts';
import type { PlaceOf } from './manifest-place.ts';
import { type ApartWorld, apartContext, partitionsApart } from './read-apart.ts';

export interface SchemaWorld extends ApartWorld {
  readonly source: TemplateSource;
  /** Where file names of schemas begin. */
  readonly folder: string;
  /** The manifest was made of another format: its author cannot be asked to change it. */
  readonly isImported: boolean;
  /** Where the manifest's members are written. */
  readonly placeOf: PlaceOf | undefined;
  /** The schema that a catalog already has. */
  catalogSchema(stream: string): JsonObject | undefined;
  /** Binds a stream to a schema. */
  bind(name: string, schema: JsonObject): StreamTemplate<TemplateSource>;
}

/**
 * The schema of a stream: as the manifest has it, from its file, from the catalog, or inferred from the first
 * records. What is inferred for a file that is not there is written to it, and holds from then on.
 */
export async function schemaOf(
  name: string,
  stream: StreamManifest,
  world: SchemaWorld,
): Promise<JsonObject> {
  const { schema } = stream;
  const checked = (known: JsonObject, isGuess: boolean) => {
    const { isImported, placeOf, source } = world;
    checkColumns({ name, stream, schema: known, isGuess: isGuess || isImported, placeOf, log: source.log });
    return known;
  };
  if (isJsonObject(schema)) return checked(schema, false);
  const file = typeof schema === 'string' ? fileOf(schema, world.folder, name) : undefined;
  const locked = file === undefined ? undefined : await readSchema(file);
  if (locked !== undefined) return checked(locked, false);
  const known = world.catalogSchema(name);
  if (known !== undefined) return checked(known, true);
  const inferred = withFormat(checked(await inferredSchema(name, stream, world), true), stream);
  if (file !== undefined) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(inferred, undefined, 2)}\n`);
    const told = `The schema of stream ${name} was inferred from its first records and written to ${file}: look through it and commit it`;
    world.source.log.log('info', told, { stream: name });
  }
  return inferred;
}

/** The replication key as what it is: records alone do not tell a time from a text. */
function withFormat(schema: JsonObject, stream: StreamManifest): JsonObject {
  const { replication_key: key, replication_format: format } = stream;
  if (key === undefined || format === undefined) return schema;
  const properties = schema['properties'] as JsonObject;
  const own = isJsonObject(properties[key] ?? null)
    ? (properties[key] as JsonObject)
    : { type: ['string', 'null'] };
  return { ...schema, properties: { ...properties, [key]: { ...own, format } } };
}

/** A schema's file lies in the manifest's folder: a manifest from elsewhere must not read or write other files. */
function fileOf(path: string, folder: string, stream: string): string {
  const file = resolve(folder, path);
  const inside = relative(folder, file);
  if (inside !== '' && !isAbsolute(inside) && inside !== '..' && !inside.startsWith(`..${sep}`)) return file;
  throw manifestError('invalid', {
    message: `streams.${stream}.schema is outside of the manifest's folder: ${path}`,
    hint: `name a file in ${folder}, or give the schema itself`,
    details: { stream, path: `streams.${stream}.schema` },
  });
}

async function readSchema(file: string): Promise<JsonObject | undefined> {
  let value: JsonValue;
  try {
    value = parseJson(await readFile(file, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(file, errorMessage(cause));
  }
  if (isJsonObject(value)) return value;
  throw unusable(file, 'it is no object');
}

function unusable(file: string, reason: string) {
  return manifestError('invalid', {
    message: `The schema ${file} cannot be used: ${reason}`,
    hint: 'repair it, or delete it to have it inferred again',
    place: { file },
  });
}

async function inferredSchema(name: string, stream: StreamManifest, world: SchemaWorld): Promise<JsonObject> {
  const limit = stream.infer_from ?? 200;
  const bound = world.bind(name, { type: 'object', properties: {} })(name, world.source);
  const records: JsonObject[] = [];
  const members = new Set<string>();
  for await (const partition of partitionsApart(bound, world, maxPartitions)) {
    for (const member of Object.keys(partition)) members.add(member);
    for await (const some of bound.records(apartContext(partition, world, bound))) {
      records.push(...([some].flat() as readonly JsonObject[]).map((each) => ({ ...partition, ...each })));
      if (records.length >= limit) break;
    }
    if (records.length > 0) break;
  }
  if (records.length === 0) {
    throw manifestError('no_records', {
      message: `The schema of stream ${name} cannot be inferred: it has no records now`,
      hint: `give streams.${name}.schema in the manifest`,
      details: { stream: name },
    });
  }
  return inferSchema(records.slice(0, limit), [...(stream.keys ?? []), ...members]);
}

/** At most so many partitions are looked at for one that has records. */
const maxPartitions = 20;

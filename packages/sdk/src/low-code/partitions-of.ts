import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  stringifyJson,
} from '@meltano/foundation/json';
import { parentLink } from '../http/rest.ts';
import type { Stream, StreamPartition } from '../tap/stream.ts';
import { type Compiling, settled } from './compiling.ts';
import { manifestError } from './errors.ts';
import type { ParentManifest, StreamManifest } from './manifest.ts';
import { type ApartWorld, readApart } from './read-apart.ts';

/** A member with its values, or objects of members, of which each combination is a partition. */
type Factor = readonly JsonObject[];

/** What `partitions` of a stream says, and `combine`, whose parents are read when the partitions are asked for. */
export function partitionsOf(
  { partitions, combine = [] }: StreamManifest,
  label: string,
  compiling: Compiling,
): ((world: ApartWorld) => NonNullable<Stream['partitions']>) | undefined {
  if (partitions === undefined && combine.length === 0) return undefined;
  const lists = factorsOf(partitions, `${label}.partitions`, compiling);
  if (combine.length === 0) return () => combinations(lists);
  return (world) => async () => {
    const gathered: Factor[] = [];
    for (const parents of combine)
      gathered.push(await gather([parents].flat() as readonly ParentManifest[], world));
    return combinations([...lists, ...gathered]);
  };
}

function factorsOf(
  given: StreamManifest['partitions'],
  label: string,
  compiling: Compiling,
): readonly Factor[] {
  if (given === undefined) return [];
  const value = settled(given as JsonValue, label, compiling);
  if (isJsonArray(value)) return [value.filter(isJsonObject)];
  return Object.entries(isJsonObject(value) ? value : {}).map(([member, values]) => {
    if (isJsonArray(values)) return values.map((one) => ({ [member]: one }));
    throw manifestError('invalid', {
      message: `${label}.${member} must be a list`,
      hint:
        typeof (given as JsonObject)[member] === 'string'
          ? `set what it refers to: ${String((given as JsonObject)[member])}`
          : 'write it like {account: [a, b]}, or as a list of objects',
      details: { path: `${label}.${member}` },
    });
  });
}

/** The fields of all records of these parents, each once; they are kept while the stream is read. */
async function gather(parents: readonly ParentManifest[], world: ApartWorld): Promise<Factor> {
  const found = new Map<string, JsonObject>();
  for (const { stream, fields, extra } of parents) {
    const link = parentLink({ stream, fields, ...(extra === undefined ? {} : { extra }) });
    for await (const { record } of readApart(await world.finished(stream), world)) {
      const made = link.partition(record, {}) as JsonObject | undefined;
      if (made !== undefined) found.set(stringifyJson(made), made);
    }
  }
  return [...found.values()];
}

/** Each with each, made one by one: there may be millions (Invariant 9). Of equal members the first holds. */
function combinations(factors: readonly Factor[]): Iterable<StreamPartition> {
  return { [Symbol.iterator]: () => combined(factors) };
}

function* combined([factor, ...rest]: readonly Factor[]): Generator<StreamPartition> {
  if (factor === undefined) yield {};
  else for (const one of factor) for (const other of combined(rest)) yield { ...other, ...one };
}

import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { nearNames } from '@meltano/foundation/near-names';
import { manifestError } from './errors.ts';
import type { StreamManifest } from './manifest.ts';
import { type PlaceOf, placeText } from './manifest-place.ts';

interface ColumnCheck {
  readonly name: string;
  readonly stream: StreamManifest;
  /** The schema as far as it is known. */
  readonly schema: JsonObject;
  /** It was seen in records, or is one of somebody else: what it lacks may be there all the same. */
  readonly isGuess: boolean;
  readonly placeOf: PlaceOf | undefined;
  readonly log: Log;
}

/**
 * Keys and the replication key are properties of the schema. One that a closed schema lacks is refused: no record
 * would have it. One that may be there all the same is warned of: such a stream is read whole, or refused by a loader.
 */
export function checkColumns({ name, stream, schema, isGuess, placeOf, log }: ColumnCheck): void {
  const { keys = [], replication_key: replicationKey } = stream;
  const properties = isJsonObject(schema['properties']) ? Object.keys(schema['properties']) : [];
  const wanted = [
    ...keys.map((key, at) => [`streams.${name}.keys[${at}]`, key] as const),
    ...(replicationKey === undefined ? [] : [[`streams.${name}.replication_key`, replicationKey] as const]),
  ];
  for (const [path, column] of wanted) {
    if (properties.includes(column)) continue;
    const there = `${near(column, properties)}its properties are ${properties.join(', ') || 'none'}`;
    if (isGuess || isOpen(schema)) {
      const doubt = `${path} is "${column}", which is no known property of the stream: ${there}`;
      log.log('warning', `${placeText(placeOf?.(path))}${doubt}`, { stream: name });
      continue;
    }
    throw manifestError('invalid', {
      message: `${path} is "${column}", which the schema of the stream does not have`,
      hint: `${there}; name one of them, or add "${column}" to the schema`,
      details: { stream: name, path },
    });
  }
}

function near(column: string, properties: readonly string[]): string {
  const [found] = nearNames(column, properties, 1);
  return found === undefined ? '' : `did you mean "${found}"? `;
}

/** Whether records may have properties that `properties` does not name. */
function isOpen(schema: JsonObject): boolean {
  const takesMore = (value: JsonValue | undefined) => value === true || isJsonObject(value);
  return (
    takesMore(schema['additionalProperties']) ||
    ['$ref', 'allOf', 'anyOf', 'oneOf', 'patternProperties'].some((word) => schema[word] !== undefined)
  );
}

import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { readMember, setMember } from '../schema/member.ts';

/** Turns nested objects into columns named `outer__inner`, down to a level; what lies deeper stays JSON. */
export interface Flattening {
  readonly schema: JsonObject;
  record(record: JsonObject): JsonObject;
}

/** Only objects whose schema names their properties are flattened; level 0 leaves all as it is. */
export function createFlattening(schema: JsonObject, maxLevel: number): Flattening {
  if (maxLevel <= 0) return { schema, record: (record) => record };
  const leaves = leavesOf(schema, maxLevel, []);
  const properties = Object.fromEntries(leaves.map(({ name, property }) => [name, property]));
  const tops = new Set(leaves.map(({ path }) => path[0] ?? ''));
  const flat = leaves.map(({ name, path }) => ({ name, read: reader(path) }));
  return {
    schema: { ...schema, properties },
    record(record) {
      const out: Record<string, JsonValue> = {};
      for (const { name, read } of flat) {
        const value = read(record);
        if (value !== undefined) setMember(out, name, value);
      }
      // What no property asks for is passed on, to be counted.
      for (const [name, value] of Object.entries(record)) if (!tops.has(name)) setMember(out, name, value);
      return out;
    },
  };
}

interface Leaf {
  readonly name: string;
  readonly path: readonly string[];
  readonly property: JsonValue;
}

function leavesOf(schema: JsonObject, level: number, path: readonly string[]): readonly Leaf[] {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).flatMap(([name, property]): readonly Leaf[] => {
    const here = [...path, name];
    const nested = isJsonObject(property) && isJsonObject(property['properties']) && level > 0;
    const deeper = nested ? leavesOf(property, level - 1, here) : [];
    return deeper.length > 0 ? deeper : [{ name: here.join('__'), path: here, property }];
  });
}

/** A null on the way is the value of all that lies below it. */
function reader(path: readonly string[]): (record: JsonObject) => JsonValue | undefined {
  const steps = path.map((name) => readMember<JsonValue>(name));
  return (record) => {
    let value: JsonValue | undefined = record;
    for (const step of steps) {
      if (value === null || value === undefined) return value;
      if (!isJsonObject(value)) return value;
      value = step(value);
    }
    return value;
  };
}

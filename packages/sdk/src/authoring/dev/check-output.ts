import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { plainNumbers } from '../../schema/plain-numbers.ts';
import { compileSchema, schemaProblems } from '../../schema/validate.ts';
import { outputByStream, propertiesOf } from '../../testing/tap-output.ts';
import type { RunOutput } from './compare-runs.ts';

/** What is wrong with a run although it went well: keys that the schema lacks, values that do not fit it. */
export function checkOutput({ items }: RunOutput): readonly string[] {
  return [...outputByStream(items)].flatMap(([name, { schema, records }]) =>
    [
      ...missingKeys(schema.keyProperties, schema.schema),
      ...emptyKeys(schema.keyProperties, records),
      ...mismatches(schema.schema, records),
    ].map((problem) => `! stream ${name}: ${problem}`),
  );
}

function missingKeys(keys: readonly string[], schema: JsonObject): readonly string[] {
  const properties = propertiesOf(schema);
  return keys
    .filter((key) => !Object.hasOwn(properties, key))
    .map((key) => `the key "${key}" is not in the schema, which has ${Object.keys(properties).join(', ')}`);
}

function emptyKeys(keys: readonly string[], records: readonly JsonObject[]): readonly string[] {
  return keys.flatMap((key) => {
    const empty = records.filter((record) => (record[key] ?? null) === null).length;
    return empty === 0 ? [] : [`the key "${key}" has no value in ${empty} of ${records.length} records`];
  });
}

/** Each property once, with how many records it is about. */
function mismatches(schema: JsonObject, records: readonly JsonObject[]): readonly string[] {
  const validator = compileSchema(schema);
  const found = new Map<string, { readonly text: string; count: number }>();
  for (const record of records) {
    for (const { path, problem } of schemaProblems(validator, plainNumbers(record) as JsonObject)) {
      const known = found.get(path) ?? { text: `${path} ${problem}${exampleOf(record, path)}`, count: 0 };
      known.count += 1;
      found.set(path, known);
    }
  }
  return [...found.values()].map(({ text, count }) => `${text} (in ${count} of ${records.length} records)`);
}

function exampleOf(record: JsonObject, path: string): string {
  let value: JsonValue = record;
  for (const name of path.split(/[/.]/).filter((part) => part !== ''))
    value = isJsonObject(value) && Object.hasOwn(value, name) ? (value[name] ?? null) : null;
  const text = stringifyJson(value);
  return `, e.g. ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}

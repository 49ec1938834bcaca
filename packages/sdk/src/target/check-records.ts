import { errorMessage } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import type { SchemaItem } from '../connector.ts';
import { plainNumbers } from '../schema/plain-numbers.ts';
import { compileSchema, schemaProblems, type Validator } from '../schema/validate.ts';
import { targetError } from './errors.ts';
import { recordSchema } from './record-schema.ts';

/** Says why a record must not be written; undefined when it may. Names places and rules, never values. */
export type CheckRecord = (record: JsonObject) => string | undefined;

/** A check for records of a stream: its key is there, and with `validate` all fits the schema. Throws `target.invalid_schema`. */
export function recordCheck(item: SchemaItem, validate: boolean): CheckRecord {
  const validator = validate ? compiled(item) : undefined;
  return (record) => {
    const missing = item.keyProperties.find((key) => (record[key] ?? null) === null);
    if (missing !== undefined)
      return `the key "${missing}" is ${record[missing] === null ? 'null' : 'missing'}`;
    if (validator === undefined) return undefined;
    const [first, ...others] = schemaProblems(validator, plainNumbers(record) as JsonObject);
    if (first === undefined) return undefined;
    const more = others.length === 0 ? '' : ` (and ${others.length} more problems)`;
    return `"${first.path.replace(/^\./, '') || 'the record'}" ${first.problem}${more}`;
  };
}

function compiled(item: SchemaItem): Validator {
  try {
    return compileSchema(recordSchema(item.schema));
  } catch (cause) {
    throw targetError('invalid_schema', {
      message: `The schema of stream ${item.stream} cannot be used to validate records: ${errorMessage(cause)}`,
      hint: 'correct it with the extra "schema" of the extractor, or set validate_records to false',
      details: { stream: item.stream },
      cause,
    });
  }
}

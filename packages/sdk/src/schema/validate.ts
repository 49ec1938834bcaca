import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

export type Validator = ValidateFunction;

let shared: Ajv | undefined;

/** Made on first use: compiling costs milliseconds that a program without schemas should not pay. */
function ajv(): Ajv {
  if (shared === undefined) {
    // 19.99 is a multiple of 0.01 only when the division is rounded.
    shared = new Ajv({
      strict: false,
      allErrors: true,
      logger: false,
      multipleOfPrecision: 10,
      validateSchema: false,
    });
    formats.default(shared, { mode: 'fast' });
  }
  return shared;
}

const compiled = new WeakMap<JsonObject, Validator>();

/** Compiles a JSON Schema, once per object. `$schema` and `$id` are left aside: drafts differ in nothing that is used here. */
export function compileSchema(schema: JsonObject): Validator {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const { $schema: _draft, $id: _id, ...rest } = schema;
  const validator = ajv().compile(rest);
  compiled.set(schema, validator);
  return validator;
}

export interface SchemaProblem {
  /** `.files[0].path`; empty for the value itself. */
  readonly path: string;
  readonly problem: string;
}

/** What is wrong with a value, in words; empty when nothing is. Never quotes the value. */
export function schemaProblems(validator: Validator, value: JsonValue): readonly SchemaProblem[] {
  if (validator(value)) return [];
  return (validator.errors ?? []).map((error) => ({
    path: dotted(error.instancePath),
    problem: error.message ?? error.keyword,
  }));
}

function dotted(pointer: string): string {
  return pointer.replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.');
}

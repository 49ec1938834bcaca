import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

export type Validator = ValidateFunction;

let shared: Ajv | undefined;

/** Made on first use: compiling costs milliseconds that a program without schemas should not pay. */
function ajv(): Ajv {
  if (shared === undefined) {
    shared = new Ajv({ strict: false, allErrors: true, verbose: true, logger: false, validateSchema: false });
    shared.removeKeyword('multipleOf').addKeyword({
      keyword: 'multipleOf',
      type: 'number',
      error: { message: ({ schema }) => `must be multiple of ${String(schema)}` },
      validate: isMultiple,
    });
    formats.default(shared, { mode: 'fast' });
    // A time of day as databases have it, without an offset, is one, too: `s.time()` describes such.
    shared.addFormat('time', shared.formats['iso-time'] ?? true);
  }
  return shared;
}

/** As far as doubles can tell: 19.99 is a multiple of 0.01, and 12345.6789012345 of 0.0000000001. */
function isMultiple(step: unknown, value: number): boolean {
  const quotient = value / Number(step);
  return Math.abs(Math.round(quotient) - quotient) <= Math.max(1e-10, Math.abs(quotient) * 2 ** -51);
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
  /** A member that the schema does not allow at that place, and those that it has there. */
  readonly unknown?: { readonly name: string; readonly known: readonly string[] };
}

/** What is wrong with a value, in words; empty when nothing is. Never quotes the value. */
export function schemaProblems(validator: Validator, value: JsonValue): readonly SchemaProblem[] {
  if (validator(value)) return [];
  return (validator.errors ?? []).map((error) => ({
    path: dotted(error.instancePath),
    problem: error.message ?? error.keyword,
    ...unknownMember(error),
  }));
}

function unknownMember({ keyword, params, parentSchema }: ErrorObject): Pick<SchemaProblem, 'unknown'> {
  if (keyword !== 'additionalProperties') return {};
  const properties = isJsonObject(parentSchema?.['properties']) ? parentSchema['properties'] : {};
  return { unknown: { name: String(params['additionalProperty']), known: Object.keys(properties) } };
}

function dotted(pointer: string): string {
  return pointer.replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.');
}

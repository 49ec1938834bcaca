import type { ExactNumber, JsonObject, JsonValue } from '@meltano/foundation/json';

/**
 * One definition of a value's shape: `json` is the JSON Schema that goes into catalogs and SCHEMA messages,
 * `T` the static type of what a stream yields. Singer's habit is kept: scalar types are lists, and what
 * `nullable()` made may be null or absent.
 */
export interface Schema<T> {
  readonly json: JsonObject;
  nullable(): Schema<T | null | undefined>;
  describe(description: string): Schema<T>;
  /** Carries the static type; never present at run time. */
  readonly example?: T;
}

/** The static type of what a schema describes. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

/** Members whose type admits `undefined` become optional members. */
type RecordOf<P> = {
  readonly [K in keyof P as undefined extends Infer<P[K]> ? never : K]: Infer<P[K]>;
} & {
  readonly [K in keyof P as undefined extends Infer<P[K]> ? K : never]?: Infer<P[K]>;
};

/** The same properties, each nullable. */
type Nullable<P> = { readonly [K in keyof P]: Schema<Infer<P[K]> | null | undefined> };

function schema<T>(json: JsonObject): Schema<T> {
  return {
    json,
    nullable: () => schema(nullableJson(json)),
    describe: (description) => schema({ ...json, description }),
  };
}

function nullableJson(json: JsonObject): JsonObject {
  const type = json['type'];
  if (type === undefined) return json;
  const types = (Array.isArray(type) ? type : [type]) as readonly JsonValue[];
  return { ...json, type: types.includes('null') ? types : [...types, 'null'] };
}

const text = (format?: string) =>
  schema<string>(format === undefined ? { type: ['string'] } : { type: ['string'], format });

/** Numbers that a double cannot hold are `ExactNumber`; a connector may also yield them itself. */
export type NumberLike = number | ExactNumber;

/** Builds schemas: `s.object({ id: s.integer(), name: s.string().nullable() })`. */
export const s = {
  string: () => text(),
  /** RFC 3339 with offset; a `Date` is rendered as UTC. */
  dateTime: () => schema<string | Date>({ type: ['string'], format: 'date-time' }),
  /** `YYYY-MM-DD` */
  date: () => text('date'),
  /** `HH:MM:SS[.ffffff]` */
  time: () => text('time'),
  uuid: () => text('uuid'),
  integer: () => schema<NumberLike>({ type: ['integer'] }),
  /** A binary floating point number. */
  number: () => schema<NumberLike>({ type: ['number'] }),
  /** An exact decimal with `scale` digits after the point. */
  decimal: (scale: number) =>
    schema<NumberLike>({ type: ['number'], multipleOf: scale === 0 ? 1 : Number(`1e-${scale}`) }),
  boolean: () => schema<boolean>({ type: ['boolean'] }),
  /** Anything; it arrives as JSON. */
  json: () => schema<JsonValue>({}),
  array: <T>(items: Schema<T>) => schema<readonly T[]>({ type: ['array'], items: items.json }),
  /** A JSON Schema as it stands, for shapes known only at run time. */
  of: <T = JsonObject>(json: JsonObject): Schema<T> => schema(json),
  /** Properties that are not nullable are members of every record. */
  object: <P extends Readonly<Record<string, Schema<unknown>>>>(properties: P): Schema<RecordOf<P>> =>
    schema({
      type: 'object',
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, each.json])),
    }),
  /** All of the properties nullable, for an API that promises none: `s.object({ id: s.integer(), ...s.nullable({ … }) })`. */
  nullable: <P extends Readonly<Record<string, Schema<unknown>>>>(properties: P): Nullable<P> =>
    Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, each.nullable()]),
    ) as unknown as Nullable<P>,
} as const;

import type { JsonObject, JsonValue } from '@meltano/foundation/json';

/** What a value of a setting must be; `options` limits a text to a list. */
export type SettingType =
  | 'string'
  | 'secret'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'array'
  | 'object'
  | 'date';

export interface SettingFacts<T> {
  readonly label: string;
  readonly description: string;
  readonly default?: T;
  readonly required?: boolean;
  /** Other names under which the value may be given, older ones or those of another variant. */
  readonly aliases?: readonly string[];
  /** The default of the Hub definition where it differs: it may hold references such as `$MELTANO_…`. */
  readonly hubValue?: JsonValue;
  readonly placeholder?: string;
  readonly documentation?: string;
  readonly hidden?: boolean;
}

/** A declared setting; `T` is the static type of its value. */
export interface Setting<T> extends SettingFacts<unknown> {
  readonly type: SettingType;
  readonly options?: readonly string[];
  /** JSON Schema of the value beyond its type: `items` of a list, `properties` of an object. */
  readonly schema?: JsonObject;
  /** Carries the static type; never present at run time. */
  readonly example?: T;
}

/** A setting that has a default or is required has a value; others may be undefined. */
type Given<T, F> = F extends { readonly default: unknown } | { readonly required: true } ? T : T | undefined;

function declare<T>(type: SettingType) {
  return <F extends SettingFacts<T>>(facts: F, schema?: JsonObject): Setting<Given<T, F>> =>
    schema === undefined ? { ...facts, type } : { ...facts, type, schema };
}

/** Declares settings: `path: setting.string({ label: 'Path', description: '…', required: true })`. */
export const setting = {
  string: declare<string>('string'),
  /** Shown nowhere: not in logs, errors or the output of `--about`. */
  secret: declare<string>('secret'),
  integer: declare<number>('integer'),
  number: declare<number>('number'),
  boolean: declare<boolean>('boolean'),
  date: declare<string>('date'),
  array: declare<readonly JsonValue[]>('array'),
  object: declare<JsonObject>('object'),
  option: <const O extends string, F extends SettingFacts<O>>(
    options: readonly O[],
    facts: F,
  ): Setting<Given<O, F>> => ({ ...facts, type: 'string', options }),
} as const;

import { ExactNumber, type JsonObject } from '@meltano/foundation/json';

/**
 * What an expression computes with. JSON is valid as it comes: whole numbers are Python's `int`, others `Decimal`,
 * as the Meltano SDK reads them; arrays are `list`, objects `dict`. A `float` is always boxed, so that it is not
 * mistaken for an `int`.
 */
export type Value = null | boolean | number | bigint | string | ExactNumber | List | JsonObject | Boxed;

/** A list may be changed by methods such as `append`. */
export type List = Value[];

export type Kind =
  | 'NoneType'
  | 'bool'
  | 'int'
  | 'float'
  | 'Decimal'
  | 'str'
  | 'bytes'
  | 'list'
  | 'tuple'
  | 'dict'
  | 'set'
  | 'slice'
  | 'datetime'
  | 'date'
  | 'time'
  | 'timedelta'
  | 'timezone'
  | 'function'
  | 'type'
  | 'module'
  | 'object';

/** Whatever JSON does not have. */
export abstract class Boxed {
  abstract readonly kind: Kind;
}

export class Float extends Boxed {
  readonly kind = 'float';
  readonly value: number;
  constructor(value: number) {
    super();
    this.value = value;
  }
}

export class Tuple extends Boxed {
  readonly kind = 'tuple';
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    super();
    this.items = items;
  }
}

export class Bytes extends Boxed {
  readonly kind = 'bytes';
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }
}

export class Slice extends Boxed {
  readonly kind = 'slice';
  readonly from: Value;
  readonly to: Value;
  readonly step: Value;
  constructor(from: Value, to: Value, step: Value) {
    super();
    this.from = from;
    this.to = to;
    this.step = step;
  }
}

/** The type of a value, as Python names it. */
export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'Decimal';
    case 'bigint':
      return 'int';
    default:
      if (value === null) return 'NoneType';
      if (Array.isArray(value)) return 'list';
      if (value instanceof Boxed) return value.kind;
      return value instanceof ExactNumber ? kindOfExact(value) : 'dict';
  }
}

function kindOfExact({ text }: ExactNumber): 'int' | 'Decimal' {
  return /[.eE]/.test(text) ? 'Decimal' : 'int';
}

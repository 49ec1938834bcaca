const exact = Symbol.for('meltano.ExactNumber');

/**
 * A number whose exact text matters: an integer beyond 2^53, a decimal with many digits, `1.0`. `instanceof` knows
 * those of another copy of this package, too: a connector may bring its own.
 */
export class ExactNumber {
  /** The number as it was written; always valid JSON. */
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
  /** The nearest double; loses digits. */
  valueOf(): number {
    return Number(this.text);
  }
  toJSON(): unknown {
    return rawJson(this.text);
  }
  get [exact](): true {
    return true;
  }
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && exact in value;
  }
}

export type JsonValue = null | boolean | number | string | ExactNumber | JsonArray | JsonObject;
export type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

export function isJsonArray(value: unknown): value is JsonArray {
  return Array.isArray(value);
}

// JSON.rawJSON and the source text in revivers are part of every supported host, but not yet of TypeScript's library.
const host = JSON as unknown as {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): JsonValue;
};

function rawJson(text: string): unknown {
  return host.rawJSON(text);
}

function keepDigits(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== 'number') return value;
  const { source } = context;
  return source === undefined || String(value) === source ? value : new ExactNumber(source);
}

/**
 * What stands where a value begins and looks like a number that a double would change or spell differently: one of 16
 * characters or more, with an exponent, with a trailing zero after a point, or minus zero. Strings may hold such, too.
 */
const riskyNumber = /[:,[]\s*(?:-0[\s,}\]]|-?\d(?:[\d.]{14}|[\d.]*[eE]|\d*\.\d*0[\s,}\]]))/;

/** Whether the text may have such a number; always where it does not begin as an object or a list. */
function mayLoseDigits(text: string): boolean {
  return (text[0] !== '{' && text[0] !== '[') || riskyNumber.test(text);
}

/**
 * Whether lines of JSON text have no number that {@link parseJson} would keep as an {@link ExactNumber}: `JSON.parse`
 * gives the same then. By bytes it takes half the time of looking at each line's text.
 */
export function hasPlainNumbers(lines: Uint8Array): boolean {
  // Constants of the function, not of the module: only those cost nothing.
  const quote = 0x22;
  const backslash = 0x5c;
  const newline = 0x0a;
  const minus = 0x2d;
  const point = 0x2e;
  const zero = 0x30;
  const nine = 0x39;
  const { length } = lines;
  for (let at = 0; at < length; at += 1) {
    const byte = lines[at] as number;
    if (byte === quote) {
      // A string does not go beyond its line.
      for (at += 1; at < length; at += 1) {
        const inside = lines[at] as number;
        if (inside === quote || inside === newline) break;
        if (inside === backslash) at += 1;
      }
    } else if ((byte >= zero && byte <= nine) || byte === minus) {
      const start = at;
      for (at += 1; at < length; at += 1) {
        const digit = lines[at] as number;
        if ((digit < zero || digit > nine) && digit !== point) break;
      }
      if (isRisky(lines, start, at)) return false;
      at -= 1;
    }
  }
  return true;
}

function isRisky(lines: Uint8Array, start: number, end: number): boolean {
  const next = lines[end];
  if (end - start >= 16 || next === 0x65 || next === 0x45) return true;
  if (lines[end - 1] !== 0x30) return false;
  return (lines[start] === 0x2d && end - start === 2) || lines.subarray(start, end).includes(0x2e);
}

/**
 * Parses JSON text without losing a digit: a number that a double cannot hold, or would spell differently,
 * becomes an {@link ExactNumber}. Throws a `SyntaxError` for text that is not JSON.
 */
export function parseJson(text: string): JsonValue {
  return mayLoseDigits(text) ? host.parse(text, keepDigits) : (JSON.parse(text) as JsonValue);
}

/** The number that a text spells: a double where that is spelled the same, else an {@link ExactNumber}. */
export function numberOf(text: string): number | ExactNumber {
  const number = Number(text);
  return String(number) === text ? number : new ExactNumber(text);
}

/** Renders a value as compact JSON; exact numbers and bigints keep their digits. */
export function stringifyJson(value: JsonValue, indent?: number): string {
  try {
    // Without a replacer it takes half the time.
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, replaceBigInt, indent);
  }
}

function replaceBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJson(value.toString()) : value;
}

export interface PythonJsonOptions {
  /** Spaces per level; without it all stands on one line. */
  readonly indent?: number;
  readonly sortKeys?: boolean;
  /** Default true: characters beyond ASCII are written as `\uXXXX`. */
  readonly ascii?: boolean;
}

/**
 * Renders JSON with the spelling of Python's `json.dumps` (`", "` and `": "`, ASCII only), which Meltano
 * uses in its files and tables. Source: recorded output of Meltano 4.4.1.
 */
export function stringifyPythonJson(value: JsonValue, options: PythonJsonOptions = {}): string {
  const { indent, sortKeys = false, ascii = true } = options;
  const text = (string: string) =>
    ascii ? escapeBeyondAscii(JSON.stringify(string)) : JSON.stringify(string);
  const newline = (depth: number) => (indent === undefined ? '' : `\n${' '.repeat(indent * depth)}`);
  const between = indent === undefined ? ', ' : ',';
  const list = (open: string, items: readonly string[], close: string, depth: number) =>
    items.length === 0
      ? open + close
      : open + newline(depth + 1) + items.join(between + newline(depth + 1)) + newline(depth) + close;
  const render = (item: JsonValue, depth: number): string => {
    if (typeof item === 'string') return text(item);
    if (typeof item === 'bigint') return String(item);
    if (item === null || typeof item !== 'object') return JSON.stringify(item ?? null);
    if (item instanceof ExactNumber) return item.text;
    if (isJsonArray(item))
      return list(
        '[',
        item.map((each) => render(each, depth + 1)),
        ']',
        depth,
      );
    const keys = Object.keys(item).filter((key) => item[key] !== undefined);
    if (sortKeys) keys.sort();
    const members = keys.map((key) => `${text(key)}: ${render(item[key] ?? null, depth + 1)}`);
    return list('{', members, '}', depth);
  };
  return render(value, 0);
}

function escapeBeyondAscii(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: DEL is escaped by neither side; only what lies beyond is meant
  return text.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Equal as JSON: same structure, keys in any order, numbers compared by value. */
export function jsonEquals(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) return canonicalNumber(String(a)) === canonicalNumber(String(b));
  if (isJsonArray(a) && isJsonArray(b)) {
    return a.length === b.length && a.every((item, index) => jsonEquals(item, b[index] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && jsonEquals(a[key] ?? null, b[key] ?? null))
  );
}

function isNumber(value: JsonValue): value is number | ExactNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

/** `digits e exponent` without leading or trailing zeros, so that `1.0`, `1` and `10e-1` are one text. */
function canonicalNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + (digits.length - significant.length)}`;
}

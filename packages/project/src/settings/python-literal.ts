import { ExactNumber, type JsonValue } from '@meltano/foundation/json';

/**
 * Reads a Python literal of plain data: `{'a': [1, True, None]}`, tuples and sets as lists. Undefined when the
 * text is anything else. Meltano accepts this spelling for object and array settings.
 */
export function parsePythonLiteral(text: string): JsonValue | undefined {
  const reader = createReader(text);
  try {
    const value = reader.value();
    return reader.atEnd() ? value : undefined;
  } catch (error) {
    if (error === notALiteral) return undefined;
    throw error;
  }
}

const notALiteral = new Error('not a literal');

function fail(): never {
  throw notALiteral;
}

function createReader(text: string) {
  let at = 0;
  const skipBlanks = () => {
    while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
  };
  const next = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const take = (char: string): boolean => {
    skipBlanks();
    if (text.charAt(at) !== char) return false;
    at += 1;
    return true;
  };

  const sequence = (close: string): { items: JsonValue[]; trailingComma: boolean } => {
    const items: JsonValue[] = [];
    let trailingComma = false;
    while (!take(close)) {
      if (items.length > 0 && !trailingComma) fail();
      items.push(value());
      trailingComma = take(',');
    }
    return { items, trailingComma };
  };

  const braces = (): JsonValue => {
    const members: [string, JsonValue][] = [];
    const items: JsonValue[] = [];
    let separated = true;
    while (!take('}')) {
      if (!separated) fail();
      const first = value();
      if (take(':')) members.push([typeof first === 'string' ? first : String(first), value()]);
      else items.push(first);
      separated = take(',');
    }
    if (members.length > 0 && items.length > 0) fail();
    return items.length > 0 ? items : Object.fromEntries(members);
  };

  const strings = (): string => {
    let joined = '';
    for (let part = string(); part !== undefined; part = string()) joined += part;
    return joined;
  };

  const string = (): string | undefined => {
    skipBlanks();
    const written = next(/[uU]?(?:'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")/y);
    return written?.replace(/^[uU]/, '').slice(1, -1).replace(escape, unescape);
  };

  const value = (): JsonValue => {
    skipBlanks();
    const char = text.charAt(at);
    if (/['"uU]/.test(char)) {
      const before = at;
      const read = strings();
      return at === before ? fail() : read;
    }
    if (take('[')) return sequence(']').items;
    if (take('{')) return braces();
    if (take('(')) {
      const { items, trailingComma } = sequence(')');
      return items.length === 1 && !trailingComma ? (items[0] ?? null) : items;
    }
    return word();
  };

  const word = (): JsonValue => {
    const name = next(/True|False|None/y);
    if (name !== undefined) return name === 'None' ? null : name === 'True';
    const number = next(/[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y);
    if (number === undefined) return fail();
    return numberValue(number.replaceAll('_', '').replace(/^\+/, ''));
  };

  return {
    value,
    atEnd: () => {
      skipBlanks();
      return at === text.length;
    },
  };
}

function numberValue(text: string): JsonValue {
  const value = Number(text);
  if (String(value) === text || !/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) return value;
  return new ExactNumber(text);
}

const escape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([^]))/g;
const simple: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

function unescape(all: string, x?: string, u?: string, long?: string, octal?: string, char?: string): string {
  const hex = x ?? u ?? long;
  if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  if (char === undefined) return all;
  if (char === "'" || char === '"' || char === '\\') return char;
  return simple[char] ?? all;
}

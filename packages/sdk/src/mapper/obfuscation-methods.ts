import { createHmac } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { mapperError } from './errors.ts';

/** Replaces a value that is not null. */
export type Obfuscate = (value: JsonValue) => JsonValue;

export interface ObfuscationMethod {
  readonly obfuscate: Obfuscate;
  /** Whether different values stay different. */
  readonly keepsDistinct: boolean;
  /** Whether values become null instead of text. */
  readonly makesNull: boolean;
}

type Make = (options: JsonObject, place: string, key: string | undefined) => Obfuscate;

/** The methods by their names in `obfuscate`. */
const methods: Readonly<Record<string, { readonly options: readonly string[]; readonly make: Make }>> = {
  hash: {
    options: ['salt'],
    make: (options, place, key) => keyed(options, place, key, (digest) => digest.toString('hex')),
  },
  tokenize: {
    options: ['salt', 'prefix'],
    make: (options, place, key) => {
      const prefix = textOption(options, 'prefix', place) ?? 'tok_';
      // 128 bits: two values of a table never get one token by chance.
      return keyed(options, place, key, (digest) => prefix + digest.subarray(0, 16).toString('base64url'));
    },
  },
  mask: { options: ['keep_first', 'keep_last', 'with'], make: mask },
  redact: {
    options: ['with'],
    make: (options, place) => {
      const text = options['with'] === null ? null : (textOption(options, 'with', place) ?? '(redacted)');
      return () => text;
    },
  },
};

/** Reads `hash`, or `{method: hash, …}`. Throws `mapper.invalid_obfuscation` that names the place. */
export function parseMethod(written: JsonValue, place: string, key: string | undefined): ObfuscationMethod {
  const { method: name, ...options } = isJsonObject(written) ? written : { method: written };
  const method = typeof name === 'string' && Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined)
    throw invalidObfuscation(place, `must have the method ${Object.keys(methods).join(', ')}`);
  const unknown = Object.keys(options).find((option) => !method.options.includes(option));
  if (unknown !== undefined)
    throw invalidObfuscation(place, `has no option "${unknown}" for ${String(name)}`);
  return {
    obfuscate: method.make(options, place, key),
    keepsDistinct: name === 'hash' || name === 'tokenize',
    makesNull: name === 'redact' && options['with'] === null,
  };
}

/** The same text for the same value in every run and stream, and no way back without the key. */
function keyed(
  options: JsonObject,
  place: string,
  key: string | undefined,
  render: (digest: Buffer) => string,
): Obfuscate {
  if (key === undefined)
    throw invalidObfuscation(
      place,
      'needs obfuscate_key: without a secret key a value could be found by trying',
    );
  const salt = textOption(options, 'salt', place) ?? '';
  return (value) =>
    render(
      createHmac('sha256', key)
        .update(`${salt}\0${plainText(value)}`)
        .digest(),
    );
}

/** Keeps some characters of long texts; a text of which too little would be hidden is hidden whole. */
function mask(options: JsonObject, place: string): Obfuscate {
  const first = countOption(options, 'keep_first', place);
  const last = countOption(options, 'keep_last', place);
  const char = textOption(options, 'with', place) ?? '*';
  return (value) => {
    const characters = Array.from(plainText(value));
    const hidden = characters.length - first - last;
    if (hidden < first + last || hidden < 1) return char.repeat(characters.length);
    const end = last === 0 ? [] : characters.slice(-last);
    return [...characters.slice(0, first), char.repeat(hidden), ...end].join('');
  };
}

function plainText(value: JsonValue): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}

function textOption(options: JsonObject, name: string, place: string): string | undefined {
  const value = options[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalidObfuscation(`${place}.${name}`, 'must be a text');
}

function countOption(options: JsonObject, name: string, place: string): number {
  const value = options[name] ?? 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw invalidObfuscation(`${place}.${name}`, 'must be a whole number of at least 0');
}

export function invalidObfuscation(place: string, problem: string) {
  return mapperError('invalid_obfuscation', {
    message: `obfuscate.${place} ${problem}`,
    hint: 'see docs/reference/stream-maps.md for what obfuscate can hold',
    details: { place },
  });
}

import { hash } from 'node:crypto';
import { errorMessage } from '@meltano/foundation/errors';
import {
  isJsonArray,
  isJsonObject,
  type JsonValue,
  parseJson,
  stringifyJson,
} from '@meltano/foundation/json';
import { fail } from '../expression/failure.ts';
import { Duration } from '../expression/time/duration.ts';
import type { Arguments } from '../expression/value/arguments.ts';
import { Callable } from '../expression/value/callable.ts';
import { compare, isTrue } from '../expression/value/compare.ts';
import { numberOf, toDouble } from '../expression/value/numbers.ts';
import { iterate, lengthOf } from '../expression/value/sequence.ts';
import { textOf } from '../expression/value/text.ts';
import { kindOf, type Value } from '../expression/value/value.ts';
import { toJson } from '../mapper/to-json.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** Functions of templates about texts, lists and choices; what is null counts as an empty text. */
export const textFunctions: readonly Callable[] = [
  new Callable('concat', ({ positional }) => positional.map(written).join('')),
  new Callable('default', (args) => {
    const [value = null, otherwise = '', whenFalse = false] = args.bind('value', 'otherwise?', 'boolean?');
    return value === null || (isTrue(whenFalse) && !isTrue(value)) ? otherwise : value;
  }),
  new Callable('length', (args) => lengthOf(args.one()) ?? fail('TypeError', 'this has no length')),
  new Callable('join', (args) => {
    const [list = null, between = ''] = args.bind('list', 'between?');
    return iterate(list).map(written).join(written(between));
  }),
  new Callable('to_int', toInt),
  new Callable('to_json', (args) => stringifyJson(toJson(args.one()))),
  new Callable('literal', (args) => literalOf(args.one())),
  new Callable('digest', digested),
  new Callable('url_encode', (args) => urlEncoded(args.one())),
  new Callable('base64_encode', (args) => Buffer.from(written(args.one())).toString('base64')),
  new Callable('base64_decode', (args) => Buffer.from(written(args.one()), 'base64').toString()),
  new Callable('regex_search', searched),
  new Callable('duration', (args) => durationOf(written(args.one()))),
  new Callable('max', (args) => extreme(args, '>')),
  new Callable('min', (args) => extreme(args, '<')),
  new Callable('is_type', ({ positional: [value = null, ...types] }) => types.includes(typeOf(value))),
];

function written(value: Value): string {
  if (value === null) return '';
  return isJsonArray(value as never) || isJsonObject(value as never)
    ? stringifyJson(toJson(value))
    : textOf(value);
}

/** What is no number is the second argument, or 0. */
function toInt(args: Arguments): Value {
  const [value = null, otherwise = 0] = args.bind('value', 'otherwise?');
  if (typeof value === 'string')
    return /^\s*[-+]?\d+(\.\d*)?\s*$/.test(value) ? Math.trunc(Number(value)) : otherwise;
  const number = numberOf(value);
  return number === undefined
    ? otherwise
    : number.type === 'int'
      ? number.value
      : Math.trunc(toDouble(number));
}

/** The number, list or object that a text says in JSON, or as Python writes it; any other text stays what it is. */
function literalOf(value: Value): Value {
  if (typeof value !== 'string') return value;
  return (literalIn(value) ?? value) as Value;
}

/** The same, of a value of JSON; undefined for a text that says none. */
export function literalIn(text: string): JsonValue | undefined {
  const given = text.trim();
  if (!/^(?:[[{]|-?\d|True$|False$)/.test(given)) return undefined;
  const json = given.replaceAll(
    /"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|\b(True|False|None)\b/g,
    (found, quoted?: string, word?: 'True' | 'False' | 'None') =>
      word === undefined ? (quoted === undefined ? found : JSON.stringify(quoted)) : words[word],
  );
  try {
    return parseJson(json);
  } catch {
    return undefined;
  }
}

const words = { True: 'true', False: 'false', None: 'null' } as const;

const algorithms = ['md5', 'sha1', 'sha256', 'sha512'];

function digested(args: Arguments): Value {
  const [value = null, algorithm = 'md5', salt = ''] = args.bind('value', 'algorithm?', 'salt?');
  if (typeof algorithm !== 'string' || !algorithms.includes(algorithm))
    fail('ValueError', `the algorithm must be one of ${algorithms.join(', ')}`);
  return hash(algorithm, written(value) + written(salt), 'hex');
}

/** An object becomes a query. */
function urlEncoded(value: Value): string {
  const plain = toJson(value);
  if (!isJsonObject(plain)) return encodeURIComponent(written(value)).replaceAll('%2F', '/');
  return new URLSearchParams(
    Object.entries(plain).map(([name, each]) => [name, written(each as Value)] as [string, string]),
  ).toString();
}

/** The first group of what was found, or all of it; an empty text where nothing was found. */
function searched(args: Arguments): Value {
  const [value = null, pattern = ''] = args.bind('value', 'pattern');
  if (typeof pattern !== 'string') fail('TypeError', 'the pattern must be a text');
  return patternOf(pattern).find(written(value)) ?? '';
}

const patterns = new Map<string, Pattern>();

/** Compiled once: a template has few of them, and is evaluated for each record. */
function patternOf(text: string): Pattern {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  try {
    const compiled = compilePattern(text);
    if (patterns.size < 1_000) patterns.set(text, compiled);
    return compiled;
  } catch (cause) {
    return fail('ValueError', `the pattern is no regular expression: ${errorMessage(cause)}`);
  }
}

const seconds = [604_800n, 86_400n, 3_600n, 60n, 1n];

/** A span of ISO 8601 without months and years, such as `P1DT12H`. */
function durationOf(text: string): Duration {
  const found = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (found === null || /^P$|T$/.test(text)) fail('ValueError', 'a duration looks like P1D or PT30M');
  const total = seconds.reduce((sum, each, at) => sum + each * BigInt(found[at + 1] ?? '0'), 0n);
  return new Duration(total * 1_000_000n);
}

function extreme({ positional }: Arguments, comparator: '<' | '>'): Value {
  const [only = null] = positional;
  const values = positional.length === 1 ? iterate(only) : positional;
  const [first = fail('ValueError', 'there is nothing to choose from'), ...rest] = values;
  return rest.reduce<Value>((best, each) => (compare(comparator, each, best) ? each : best), first);
}

function typeOf(value: Value): string {
  const kind = kindOf(value);
  if (kind === 'str') return 'string';
  if (kind === 'list' || kind === 'tuple') return 'array';
  if (kind === 'dict') return 'object';
  return kind === 'int' || kind === 'float' || kind === 'Decimal' ? 'number' : kind;
}

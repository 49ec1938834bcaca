import { hash } from 'node:crypto';
import type { Clock } from '@meltano/foundation/clock';
import { fail } from './failure.ts';
import { jsonModule } from './json-module.ts';
import { dictFromKeys, updatesOf } from './methods/containers.ts';
import { decodeBytes } from './methods/encoding.ts';
import { int, items, text } from './methods/method.ts';
import { makeTable } from './methods/str.ts';
import { createTimeModule } from './time/time-module.ts';
import { Arguments } from './value/arguments.ts';
import { Callable, TypeValue } from './value/callable.ts';
import { isTrue } from './value/compare.ts';
import { decimalOfNumber } from './value/decimal.ts';
import { dictOf } from './value/dict.ts';
import { intToNumber, narrow } from './value/integer.ts';
import { numberOf, toDouble } from './value/numbers.ts';
import { parseFloatText, parseIntText } from './value/parse-number.ts';
import { SetValue } from './value/set.ts';
import { textOf } from './value/text.ts';
import { Bytes, Float, Tuple, type Value } from './value/value.ts';

/** What expressions may take from their surroundings. */
export interface ExpressionWorld {
  readonly clock: Clock;
  /** At least 0, less than 1. */
  random(): number;
}

export type Functions = ReadonlyMap<string, Value>;

/** The functions, types and modules that the Meltano SDK gives to expressions, and no others. */
export function createFunctions({ clock, random }: ExpressionWorld): Functions {
  return new Map<string, Value>([
    ...types,
    ['md5', digest('md5')],
    ['sha256', digest('sha256')],
    ['rand', new Callable('rand', () => new Float(random()))],
    [
      'randint',
      new Callable('randint', (args) => narrow(BigInt(Math.trunc(random() * doubleOf(args.one()))))),
    ],
    ['datetime', createTimeModule(clock)],
    ['json', jsonModule],
  ]);
}

function digest(algorithm: 'md5' | 'sha256'): Callable {
  return new Callable(algorithm, (args) => hash(algorithm, text(args.one(), 'what is digested'), 'hex'));
}

function doubleOf(value: Value): number {
  const number = numberOf(value) ?? fail('TypeError', 'a number is needed');
  return toDouble(number);
}

const none = new Arguments('', []);

const types: readonly (readonly [string, TypeValue])[] = [
  new TypeValue('int', makeInt),
  new TypeValue('float', makeFloat),
  new TypeValue('str', makeText, new Map([['maketrans', new Callable('maketrans', makeTable)]])),
  new TypeValue('bool', (args) => isTrue(args.bind('x?')[0] ?? false)),
  new TypeValue('list', (args) => [...optionalItems(args)]),
  new TypeValue('tuple', (args) => new Tuple(optionalItems(args))),
  new TypeValue('set', (args) => new SetValue(optionalItems(args))),
  new TypeValue(
    'dict',
    (args) => dictOf(updatesOf(args)),
    new Map([['fromkeys', new Callable('fromkeys', dictFromKeys)]]),
  ),
].map((type) => [type.name, type]);

function optionalItems(args: Arguments): readonly Value[] {
  const [from] = args.bind('iterable?');
  return from === undefined ? [] : items(from);
}

function makeInt(args: Arguments): Value {
  const [value, base] = args.bind('x?', 'base?');
  if (value === undefined) return 0;
  if (typeof value === 'string') return parseIntText(value, base === undefined ? 10 : int(base, 'the base'));
  if (base !== undefined) fail('TypeError', 'only a text is read with a base');
  if (value instanceof Bytes) return parseIntText(decodeBytes(value.bytes, none), 10);
  const number = numberOf(value) ?? fail('TypeError', 'int() needs a text or a number');
  if (number.type === 'int') return number.value;
  if (number.type === 'Decimal') return narrow(number.value.truncated());
  if (Number.isNaN(number.value)) fail('ValueError', 'nan is no int');
  if (!Number.isFinite(number.value)) fail('OverflowError', 'an infinite float is no int');
  return narrow(decimalOfNumber(Math.trunc(number.value)).truncated());
}

function makeFloat(args: Arguments): Float {
  const [value] = args.bind('x?');
  if (value === undefined) return new Float(0);
  if (typeof value === 'string') return new Float(parseFloatText(value));
  const number = numberOf(value) ?? fail('TypeError', 'float() needs a text or a number');
  return new Float(number.type === 'int' ? intToNumber(number.value) : toDouble(number));
}

function makeText(args: Arguments): string {
  const [value, encoding, errors] = args.bind('object?', 'encoding?', 'errors?');
  if (encoding === undefined && errors === undefined) return value === undefined ? '' : textOf(value);
  if (!(value instanceof Bytes)) fail('TypeError', 'only bytes are decoded');
  return decodeBytes(value.bytes, new Arguments('str', [encoding ?? 'utf8', errors ?? 'strict']));
}

import { fail } from '../failure.ts';
import { maxPower, maxShift, maxTextLength } from '../limits.ts';
import type { BinaryOperator, UnaryOperator } from '../syntax/node.ts';
import { isTrue } from './compare.ts';
import {
  addDecimals,
  type Decimal,
  divideDecimals,
  floorDivideDecimals,
  multiplyDecimals,
  negateDecimal,
  powerOfDecimal,
  remainderOfDecimals,
} from './decimal.ts';
import { dictEntries, dictOf, isDict } from './dict.ts';
import { divideDoubles, powerOfDoubles, quotientOfDoubles, remainderOfDoubles } from './doubles.ts';
import {
  addInts,
  divideInts,
  type Int,
  intToNumber,
  multiplyInts,
  narrow,
  negateInt,
  quotientOfInts,
  remainderOfInts,
  subtractInts,
} from './integer.ts';
import { intOf, type NumberOf, numberOf, toDecimal, toDouble } from './numbers.ts';
import { formatWithPercent } from './percent-format.ts';
import { joined, repeated } from './sequence.ts';
import { SetValue } from './set.ts';
import { Boxed, Float, kindOf, type Value } from './value.ts';

/** Values of time, which know how they are added. Undefined where they are not. */
export interface Computable {
  binary(operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined;
}

/** What `a operator b` is. */
export function binary(operator: BinaryOperator, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number' && Number.isInteger(a) && Number.isInteger(b)) {
    if (operator === '+') return addInts(a, b);
    if (operator === '-') return subtractInts(a, b);
  }
  if (typeof a === 'boolean' && typeof b === 'boolean' && /[&|^]/.test(operator))
    return operator === '^' ? a !== b : operator === '&' ? a && b : a || b;
  const [left, right] = [numberOf(a), numberOf(b)];
  const result =
    left !== undefined && right !== undefined ? ofNumbers(operator, left, right) : ofOthers(operator, a, b);
  return result ?? unsupported(operator, a, b);
}

function unsupported(operator: string, a: Value, b: Value): never {
  fail('TypeError', `${operator} is not possible between a ${kindOf(a)} and a ${kindOf(b)}`);
}

function ofNumbers(operator: BinaryOperator, a: NumberOf, b: NumberOf): Value | undefined {
  if (operator === '**') refuseLargePowers(a, b);
  if (a.type === 'int' && b.type === 'int') return ofInts(operator, a.value, b.value);
  // Python refuses to mix Decimal and float; here the result is a float.
  if (a.type === 'float' || b.type === 'float') return ofDoubles(operator, asDouble(a), asDouble(b));
  return ofDecimals(operator, toDecimal(a), toDecimal(b), b);
}

function refuseLargePowers(a: NumberOf, b: NumberOf): void {
  if (Math.abs(toDouble(a)) > maxPower || Math.abs(toDouble(b)) > maxPower)
    fail('NumberTooHigh', 'the numbers of a power are too large');
}

function asDouble(number: NumberOf): number {
  return number.type === 'int' ? intToNumber(number.value) : toDouble(number);
}

function ofInts(operator: BinaryOperator, a: Int, b: Int): Value {
  switch (operator) {
    case '+':
      return addInts(a, b);
    case '-':
      return subtractInts(a, b);
    case '*':
      return multiplyInts(a, b);
    case '/':
      return new Float(quotientOfInts(a, b));
    case '//':
      return divideInts(a, b).quotient;
    case '%':
      return remainderOfInts(a, b);
    case '**':
      return powerOfInts(a, b);
    default:
      return ofBits(operator, BigInt(a), BigInt(b));
  }
}

function powerOfInts(a: Int, b: Int): Value {
  if (b < 0) {
    if (a === 0) fail('ZeroDivisionError', 'zero has no negative power');
    return new Float(powerOfDoubles(Number(a), Number(b)));
  }
  const bits = Math.log2(Math.abs(Number(a)) + 1) * Number(b);
  if (bits > 2_000_000) fail('NumberTooHigh', 'the result has too many digits');
  return narrow(BigInt(a) ** BigInt(b));
}

function ofBits(operator: '<<' | '>>' | '&' | '|' | '^', a: bigint, b: bigint): Int {
  switch (operator) {
    case '&':
      return narrow(a & b);
    case '|':
      return narrow(a | b);
    case '^':
      return narrow(a ^ b);
    default:
      return shifted(operator, a, b);
  }
}

function shifted(operator: '<<' | '>>', a: bigint, b: bigint): Int {
  if (b > maxShift || b < -maxShift || a > BigInt(Number.MAX_VALUE) || a < -BigInt(Number.MAX_VALUE))
    fail('NumberTooHigh', 'the numbers of a shift are too large');
  if (b < 0n) fail('ValueError', 'a number cannot be shifted by less than nothing');
  return narrow(operator === '<<' ? a << b : a >> b);
}

function ofDoubles(operator: BinaryOperator, a: number, b: number): Float | undefined {
  switch (operator) {
    case '+':
      return new Float(a + b);
    case '-':
      return new Float(a - b);
    case '*':
      return new Float(a * b);
    case '/':
      return new Float(quotientOfDoubles(a, b));
    case '//':
      return new Float(divideDoubles(a, b));
    case '%':
      return new Float(remainderOfDoubles(a, b));
    case '**':
      return new Float(powerOfDoubles(a, b));
    default:
      return undefined;
  }
}

function ofDecimals(operator: BinaryOperator, a: Decimal, b: Decimal, power: NumberOf): Value | undefined {
  switch (operator) {
    case '+':
      return addDecimals(a, b);
    case '-':
      return addDecimals(a, negateDecimal(b));
    case '*':
      return multiplyDecimals(a, b);
    case '/':
      return divideDecimals(a, b);
    case '//':
      return floorDivideDecimals(a, b);
    case '%':
      return remainderOfDecimals(a, b);
    case '**':
      return power.type === 'int'
        ? powerOfDecimal(a, BigInt(power.value))
        : new Float(powerOfDoubles(a.toNumber(), b.toNumber()));
    default:
      return undefined;
  }
}

/** `+` joins, `*` repeats, `%` formats; sets have operators of their own, and so has time. */
function ofOthers(operator: BinaryOperator, a: Value, b: Value): Value | undefined {
  if (operator === '%' && typeof a === 'string') return formatWithPercent(a, b);
  if (isComputable(a)) return a.binary(operator, b, false);
  if (isComputable(b)) return b.binary(operator, a, true);
  if (operator === '+') return joined(a, b, maxTextLength);
  if (operator === '*') return times(a, b);
  if (a instanceof SetValue && b instanceof SetValue) return ofSets(operator, a, b);
  if (operator === '|' && isDict(a) && isDict(b)) return dictOf([...dictEntries(a), ...dictEntries(b)]);
  return undefined;
}

function isComputable(value: Value): value is Value & Boxed & Computable {
  return value instanceof Boxed && 'binary' in value;
}

function times(a: Value, b: Value): Value | undefined {
  const [left, right] = [intOf(a), intOf(b)];
  if (right !== undefined) return repeated(a, right, maxTextLength);
  return left === undefined ? undefined : repeated(b, left, maxTextLength);
}

function ofSets(operator: BinaryOperator, a: SetValue, b: SetValue): SetValue | undefined {
  switch (operator) {
    case '-':
      return new SetValue(a.values().filter((item) => !b.has(item)));
    case '&':
      return new SetValue(a.values().filter((item) => b.has(item)));
    case '|':
      return new SetValue([...a.values(), ...b.values()]);
    case '^':
      return new SetValue([
        ...a.values().filter((item) => !b.has(item)),
        ...b.values().filter((item) => !a.has(item)),
      ]);
    default:
      return undefined;
  }
}

export function unary(operator: UnaryOperator, value: Value): Value {
  if (operator === 'not') return !isTrue(value);
  const number = numberOf(value);
  if (number === undefined) {
    if (isComputable(value) && operator !== '~') {
      const result = operator === '-' ? value.binary('*', -1, false) : value.binary('*', 1, false);
      if (result !== undefined) return result;
    }
    fail('TypeError', `${operator} is not possible for a ${kindOf(value)}`);
  }
  if (operator === '~') {
    if (number.type !== 'int') fail('TypeError', `~ is not possible for a ${number.type}`);
    return subtractInts(negateInt(number.value), 1);
  }
  return operator === '-' ? negated(number) : positive(number);
}

function negated(number: NumberOf): Value {
  if (number.type === 'int') return negateInt(number.value);
  return number.type === 'float' ? new Float(-number.value) : negateDecimal(number.value);
}

function positive(number: NumberOf): Value {
  return number.type === 'float' ? new Float(number.value) : number.value;
}

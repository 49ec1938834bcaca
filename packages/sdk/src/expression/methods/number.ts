import { fail } from '../failure.ts';
import { Decimal, decimalOfInt, decimalOfNumber, roundedQuotient, tenTo } from '../value/decimal.ts';
import { bitLength, narrow } from '../value/integer.ts';
import { type NumberOf, numberOf, toDecimal } from '../value/numbers.ts';
import { Float, Tuple, type Value } from '../value/value.ts';
import { type Methods, methodsOf } from './method.ts';

function number(value: Value): NumberOf {
  return numberOf(value) ?? fail('TypeError', 'this is no number');
}

/** Methods of ints, booleans, floats and Decimals. */
export const numberMethods: Methods = methodsOf<Value>({
  bit_length: (self) => bitLength(wholeOf(self)),
  bit_count: (self) => wholeOf(self).toString(2).replaceAll(/[^1]/g, '').length,
  conjugate: (self) => self,
  is_integer: (self) => {
    const { type, value } = number(self);
    return type === 'int' || (type === 'float' && Number.isInteger(value));
  },
  as_integer_ratio: (self) => ratioOf(number(self)),
  hex: (self) => hexOf(number(self)),
  quantize: (self, args) => quantized(toDecimal(number(self)), args.one()),
  normalize: (self) => normalized(toDecimal(number(self))),
  to_integral_value: (self) => quantized(toDecimal(number(self)), 1),
  is_zero: (self) => toDecimal(number(self)).digits === 0n,
  is_signed: (self) => toDecimal(number(self)).digits < 0n,
});

function wholeOf(value: Value): bigint {
  const { type, value: whole } = number(value);
  return type === 'int' ? BigInt(whole) : fail('AttributeDoesNotExist', `a ${type} does not have this`);
}

function ratioOf(value: NumberOf): Tuple {
  if (value.type === 'float' && !Number.isFinite(value.value))
    fail(Number.isNaN(value.value) ? 'ValueError' : 'OverflowError', 'this float is no ratio');
  const { digits, exponent } = value.type === 'float' ? decimalOfNumber(value.value) : toDecimal(value);
  const [top, bottom] = exponent >= 0 ? [digits * tenTo(exponent), 1n] : [digits, tenTo(-exponent)];
  const divisor = greatestDivisor(top < 0n ? -top : top, bottom);
  return new Tuple([narrow(top / divisor), narrow(bottom / divisor)]);
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? (a === 0n ? 1n : a) : greatestDivisor(b, a % b);
}

/** The binary form of a float in hexadecimal digits. */
function hexOf(value: NumberOf): string {
  if (value.type !== 'float') fail('AttributeDoesNotExist', `a ${value.type} does not have this`);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value.value);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const fraction =
    (high & 0xfffff).toString(16).padStart(5, '0') + bits.getUint32(4).toString(16).padStart(8, '0');
  const sign = high >>> 31 === 1 ? '-' : '';
  if (exponent === 0x7ff) return Number.isNaN(value.value) ? 'nan' : `${sign}inf`;
  if (value.value === 0) return `${sign}0x0.0p+0`;
  const power = exponent === 0 ? -1022 : exponent - 1023;
  return `${sign}0x${exponent === 0 ? 0 : 1}.${fraction}p${power < 0 ? '' : '+'}${power}`;
}

/** With as many digits after the point as another number has, rounded half to even. */
function quantized(value: Decimal, like: Value): Decimal {
  const { exponent } = toDecimal(number(like));
  const shift = value.exponent - exponent;
  const digits = shift >= 0 ? value.digits * tenTo(shift) : roundedQuotient(value.digits, tenTo(-shift));
  return new Decimal(digits, exponent);
}

function normalized(value: Decimal): Decimal {
  if (value.digits === 0n) return decimalOfInt(0n);
  const text = value.digits.toString();
  const significant = text.replace(/0+$/, '');
  return new Decimal(BigInt(significant), value.exponent + text.length - significant.length);
}

/** What is read without a call. */
export const numberProperties: ReadonlyMap<string, (self: Value) => Value> = new Map([
  ['real', (self) => plain(self)],
  ['imag', (self) => (number(self).type === 'float' ? new Float(0) : 0)],
  ['numerator', (self) => narrow(wholeOf(self))],
  ['denominator', (self) => narrow(wholeOf(self) * 0n + 1n)],
]);

function plain(self: Value): Value {
  return typeof self === 'boolean' ? Number(self) : self;
}

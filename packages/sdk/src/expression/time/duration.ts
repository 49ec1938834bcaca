import { fail } from '../failure.ts';
import type { BinaryOperator } from '../syntax/node.ts';
import { Decimal, decimalOfNumber, roundedQuotient, tenTo } from '../value/decimal.ts';
import { narrow } from '../value/integer.ts';
import { type NumberOf, numberOf, toDecimal } from '../value/numbers.ts';
import { Boxed, Float, type Value } from '../value/value.ts';

export const microsPerDay = 86_400_000_000;

/** Python's `timedelta`, in microseconds. */
export class Duration extends Boxed {
  readonly kind = 'timedelta';
  readonly micros: bigint;

  constructor(micros: bigint) {
    super();
    if (micros < -86_399_999_913_600_000_000n || micros > 86_399_999_999_999_999_999n)
      fail('OverflowError', 'a timedelta has at most 999999999 days');
    this.micros = micros;
  }

  get isZero(): boolean {
    return this.micros === 0n;
  }

  get days(): number {
    return Number(floorDivide(this.micros, BigInt(microsPerDay)));
  }

  get seconds(): number {
    return Number(floorDivide(this.micros - BigInt(this.days) * BigInt(microsPerDay), 1_000_000n));
  }

  get microseconds(): number {
    return Number(((this.micros % 1_000_000n) + 1_000_000n) % 1_000_000n);
  }

  text(): string {
    const { days, seconds, microseconds } = this;
    const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    const fraction = microseconds === 0 ? '' : `.${String(microseconds).padStart(6, '0')}`;
    const whole = days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `;
    return whole + clock + fraction;
  }

  repr(): string {
    const parts = Object.entries({ days: this.days, seconds: this.seconds, microseconds: this.microseconds })
      .filter(([, amount]) => amount !== 0)
      .map(([name, amount]) => `${name}=${amount}`);
    return `datetime.timedelta(${parts.join(', ') || '0'})`;
  }

  compare(other: Value): number | undefined {
    return other instanceof Duration ? Number(this.micros - other.micros) : undefined;
  }

  key(): string {
    return String(this.micros);
  }

  binary(operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    if (other instanceof Duration) return ofTwo(operator, this.micros, other.micros, reflected);
    const number = numberOf(other);
    if (number === undefined)
      return 'binary' in Object(other) ? undefinedUnlessAdded(operator, this, other) : undefined;
    if (operator === '*') return new Duration(scaled(this.micros, number));
    if (reflected) return undefined;
    if (operator === '/') return new Duration(divided(this.micros, number));
    if (operator === '//' && number.type === 'int') {
      if (number.value === 0) fail('ZeroDivisionError', 'division by zero');
      return new Duration(floorDivide(this.micros, BigInt(number.value)));
    }
    return undefined;
  }
}

/** `timedelta + datetime` is what the datetime makes of it. */
function undefinedUnlessAdded(operator: BinaryOperator, duration: Duration, other: Value): Value | undefined {
  if (operator !== '+') return undefined;
  return (other as unknown as { binary: Duration['binary'] }).binary('+', duration, true);
}

function ofTwo(operator: BinaryOperator, a: bigint, b: bigint, reflected: boolean): Value | undefined {
  if (reflected) return ofTwo(operator, b, a, false);
  if (operator === '+') return new Duration(a + b);
  if (operator === '-') return new Duration(a - b);
  if (!['/', '//', '%'].includes(operator)) return undefined;
  if (b === 0n) fail('ZeroDivisionError', 'division by zero');
  if (operator === '/') return new Float(Number(a) / Number(b));
  const quotient = floorDivide(a, b);
  return operator === '//' ? narrow(quotient) : new Duration(a - quotient * b);
}

export function floorDivide(a: bigint, b: bigint): bigint {
  const cut = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? cut - 1n : cut;
}

/** Rounded half to even, as Python does. */
export function scaled(micros: bigint, by: NumberOf): bigint {
  if (by.type === 'float' && !Number.isFinite(by.value)) fail('ValueError', 'a timedelta needs a number');
  const { digits, exponent }: Decimal = by.type === 'float' ? decimalOfNumber(by.value) : toDecimal(by);
  return exponent >= 0
    ? micros * digits * tenTo(exponent)
    : roundedQuotient(micros * digits, tenTo(-exponent));
}

function divided(micros: bigint, by: NumberOf): bigint {
  const { digits, exponent } = by.type === 'float' ? decimalOfNumber(by.value) : toDecimal(by);
  if (digits === 0n) fail('ZeroDivisionError', 'division by zero');
  return exponent >= 0
    ? roundedQuotient(micros, digits * tenTo(exponent))
    : roundedQuotient(micros * tenTo(-exponent), digits);
}

export function two(number: number): string {
  return String(number).padStart(2, '0');
}

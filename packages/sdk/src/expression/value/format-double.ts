import { type Decimal, decimalOfNumber } from './decimal.ts';
import { floatText, signed } from './float-text.ts';
import { fixedText, significantDigits } from './format-digits.ts';

export interface DoubleFormat {
  readonly type: string;
  readonly precision: number | undefined;
  readonly alternate: boolean;
}

/** The text of a double that is not negative, as `{value:spec}` shows floats. */
export function doubleText(value: number, format: DoubleFormat): string {
  const text =
    format.type === '%' ? `${plainText(value * 100, { ...format, type: 'f' })}%` : plainText(value, format);
  return /[EFG]/.test(format.type) ? text.toUpperCase() : text;
}

function plainText(value: number, { type, precision, alternate }: DoubleFormat): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return 'inf';
  if (type === '' && precision === undefined) return floatText(value);
  const exact = decimalOfNumber(value);
  switch (type.toLowerCase()) {
    case 'f':
      return pointed(fixedText(exact, precision ?? 6), alternate);
    case 'e':
      return scientificText(exact, precision ?? 6, alternate);
    default:
      return generalText(exact, Math.max(1, precision ?? 6), { type, alternate });
  }
}

/** `#` keeps the point where nothing follows it. */
function pointed(text: string, alternate: boolean): string {
  return alternate && !text.includes('.') ? `${text}.` : text;
}

function scientificText(value: Decimal, places: number, alternate: boolean): string {
  const { digits, exponent } = significantDigits(value, places + 1);
  const fraction = places === 0 ? '' : `.${digits.slice(1)}`;
  return `${pointed(digits.charAt(0) + fraction, alternate)}e${signed(exponent)}`;
}

/** Whichever of both is shorter, without zeros at the end. */
function generalText(
  value: Decimal,
  significant: number,
  { type, alternate }: Pick<DoubleFormat, 'type' | 'alternate'>,
): string {
  const { digits, exponent } = significantDigits(value, significant);
  const kept = (text: string) => (alternate ? pointed(text, true) : withoutZeros(text));
  if (exponent < -4 || exponent >= (type === '' ? significant - 1 : significant)) {
    const fraction = significant === 1 ? '' : `.${digits.slice(1)}`;
    return `${kept(digits.charAt(0) + fraction)}e${signed(exponent)}`;
  }
  const text = kept(fixedText(value, Math.max(0, significant - 1 - exponent)));
  return type === '' && !text.includes('.') ? `${text}.0` : text;
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

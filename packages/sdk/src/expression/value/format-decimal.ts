import { fail } from '../failure.ts';
import { Decimal } from './decimal.ts';
import { fixedText, roundedToSignificant, significantDigits } from './format-digits.ts';

export interface DecimalFormat {
  readonly type: string;
  readonly precision: number | undefined;
  readonly alternate: boolean;
  readonly grouping: string;
}

/** The text of a Decimal that is not negative, as `{value:spec}` shows it: no digit is made up. */
export function decimalText(value: Decimal, format: DecimalFormat): string {
  const { type, precision, alternate, grouping } = format;
  if (alternate || grouping === '_') fail('ValueError', 'a Decimal has no such format');
  switch (type.toLowerCase()) {
    case 'f':
      return fixedText(value, precision ?? Math.max(0, -value.exponent));
    case '%': {
      const hundredfold = new Decimal(value.digits, value.exponent + 2);
      return `${fixedText(hundredfold, precision ?? Math.max(0, -hundredfold.exponent))}%`;
    }
    case 'e':
      return withCase(scientificText(value, precision), type);
    default: {
      const rounded = precision === undefined ? value : roundedToSignificant(value, Math.max(1, precision));
      return withCase(rounded.toString(), type);
    }
  }
}

function withCase(text: string, type: string): string {
  return type === 'e' || type === 'g' || type === 'n' ? text.toLowerCase() : text;
}

function scientificText(value: Decimal, precision: number | undefined): string {
  const places = precision ?? value.digits.toString().length - 1;
  const { digits, exponent } =
    value.digits === 0n
      ? { digits: '0'.repeat(places + 1), exponent: value.exponent + places }
      : significantDigits(value, places + 1);
  const fraction = places === 0 ? '' : `.${digits.slice(1)}`;
  return `${digits.charAt(0)}${fraction}E${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

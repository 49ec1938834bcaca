import { type JsonValue, numberOf } from '@meltano/foundation/json';

const integer = /^[-+]?[0-9][0-9_]*$/;
const float = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*|[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?$/;
const prefixed = /^([-+]?)0([xob])([0-9a-fA-F_]+)$/;

/**
 * The value of an unquoted YAML scalar, by the rules of YAML 1.2 and the liberties that Meltano's reader
 * takes: `012` is 12, `1_000` is 1000, `0o12` is 10, `1e3` is 1000.0. Only `true` and `false` are booleans;
 * timestamps, `.inf` and `.nan` stay text. A number that a double would spell differently (`3.10`) becomes an
 * exact one. Source: recorded answers of Meltano 4.4.1.
 */
export function resolvePlainScalar(text: string): JsonValue {
  switch (text) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    default:
      return /^[-+.0-9]/.test(text) ? resolveNumber(text) : text;
  }
}

function resolveNumber(text: string): JsonValue {
  if (integer.test(text)) return exact(integerText(text));
  if (float.test(text)) return exact(floatText(text));
  const [, sign, radix, digits] = prefixed.exec(text) ?? [];
  if (radix === undefined || digits === undefined) return text;
  const plain = `0${radix}${digits.replaceAll('_', '')}`;
  try {
    return exact(sign === '-' ? `-${BigInt(plain)}` : String(BigInt(plain)));
  } catch {
    return text;
  }
}

function integerText(text: string): string {
  return String(BigInt(text.replaceAll('_', '').replace(/^\+/, '')));
}

/** Spells a float so that it is JSON: `.5` → `0.5`, `1.` → `1.0`, `1e3` → `1000.0`; digits are kept otherwise. */
function floatText(text: string): string {
  const plain = text.replaceAll('_', '').replace(/^\+/, '');
  if (/[eE]/.test(plain)) {
    const value = Number(plain);
    if (!Number.isFinite(value)) return String(value);
    return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
  }
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d*)\.(\d*)$/.exec(plain) ?? [];
  return `${sign}${whole.replace(/^0+(?=\d)/, '') || '0'}.${fraction || '0'}`;
}

function exact(text: string): JsonValue {
  return Number.isFinite(Number(text)) ? numberOf(text) : text;
}

import { ExactNumber, isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';

/** The same value with every number spelled as Python's `json.dumps` would spell it after reading it: `2.50` becomes `2.5`, `1.0` stays. */
export function withPythonNumbers(value: JsonValue): JsonValue {
  if (value instanceof ExactNumber) {
    return /^-?\d+$/.test(value.text) ? value : new ExactNumber(pythonFloat(Number(value.text)));
  }
  if (isJsonArray(value)) return value.map(withPythonNumbers);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withPythonNumbers(member)]));
}

/** `repr` of a float: shortest digits, a point or an exponent always, exponents from 1e16 on and below 1e-4. */
function pythonFloat(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= 16 || power < -4) {
    const sign = power < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  // Between these bounds JavaScript writes no exponent either.
  const plain = Object.is(value, -0) ? '-0' : String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

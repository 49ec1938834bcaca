import { ExactNumber, stringifyJson } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { withPythonNumbers } from './python-numbers.ts';

// Right: what `json.dumps(json.loads(left))` of Python 3.11 writes.
test.each([
  ['2.50', '2.5'],
  ['1.0', '1.0'],
  ['-0.0', '-0.0'],
  ['1e5', '100000.0'],
  ['1e15', '1000000000000000.0'],
  ['1e16', '1e+16'],
  ['1.5e300', '1.5e+300'],
  ['0.0001', '0.0001'],
  ['0.00001', '1e-05'],
  ['1.25e-7', '1.25e-07'],
  ['12345678901234567890', '12345678901234567890'],
])('%s is written %s', (text, expected) => {
  expect(stringifyJson(withPythonNumbers([{ a: new ExactNumber(text) }]))).toBe(`[{"a":${expected}}]`);
});

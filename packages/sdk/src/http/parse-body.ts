import { type JsonValue, parseJson } from '@meltano/foundation/json';
import { notNumbersIn } from '@meltano/singer/line';

/**
 * The value that a text says in JSON, with every digit kept; undefined when it says none. Servers in Python write NaN
 * and Infinity for floats that are no numbers: they are read as null, as in messages.
 */
export function parseBody(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return notNumbersIn(text).value;
  }
}

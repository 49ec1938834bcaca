import { ExactNumber, isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';

/** A value as Python's `str()` shows it: `True`, `None`, `1.5`; text as it is. */
export function pythonText(value: JsonValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** A value as Python's `repr()` shows it, e.g. `{'a': [1, True, None]}`. */
export function pythonRepr(value: JsonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (value instanceof ExactNumber) return value.text;
  if (isJsonArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (!isJsonObject(value)) return String(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${quote(key)}: ${pythonRepr(member)}`)
    .join(', ')}}`;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  const body = text.replace(
    /[\\\n\r\t\u0000-\u001f\u007f]/g,
    (char) => shortEscapes[char] ?? hexEscape(char),
  );
  return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark;
}

function hexEscape(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

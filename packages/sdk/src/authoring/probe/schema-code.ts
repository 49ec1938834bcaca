import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@meltano/foundation/json';

/** The code of a schema for records as they came: what is in all of them is required where it is named. */
export function schemaCode(records: readonly JsonObject[], required: readonly string[], indent = ''): string {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const own = names.filter((name) => required.includes(name));
  const rest = names.filter((name) => !required.includes(name));
  const inner = `${indent}  `;
  const member = (name: string, at: string) =>
    `${at}${keyCode(name)}: ${typeCode(
      records.map((record) => record[name]),
      at,
    )},\n`;
  const nullable = rest.map((name) => member(name, `${inner}  `)).join('');
  const parts = [
    own.map((name) => member(name, inner)).join(''),
    rest.length === 0 ? '' : `${inner}...s.nullable({\n${nullable}${inner}}),\n`,
  ];
  return own.length === 0 && rest.length > 0
    ? `s.object(s.nullable({\n${rest.map((name) => member(name, inner)).join('')}${indent}}))`
    : `s.object({\n${parts.join('')}${indent}})`;
}

/** A name as a member of an object literal. */
export function keyCode(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** The narrowest type that all values have; null and absent do not count. */
function typeCode(values: readonly (JsonValue | undefined)[], indent: string): string {
  const present = values.filter((value) => value !== undefined && value !== null);
  if (present.length === 0) return 's.json() /* no value was seen */';
  const every = (test: (value: JsonValue) => boolean) => present.every(test);
  if (every((value) => typeof value === 'boolean')) return 's.boolean()';
  if (every(isInteger)) return 's.integer()';
  if (every((value) => typeof value === 'number' || value instanceof ExactNumber)) return 's.number()';
  if (every((value) => typeof value === 'string')) return textCode(present as readonly string[]);
  if (every(isJsonObject)) return schemaCode(present as readonly JsonObject[], [], indent);
  if (every(isJsonArray)) {
    const items = (present as readonly (readonly JsonValue[])[]).flat();
    return items.length === 0
      ? 's.json() /* only empty lists were seen */'
      : `s.array(${typeCode(items, indent)})`;
  }
  return 's.json() /* values of several types */';
}

function isInteger(value: JsonValue): boolean {
  return typeof value === 'number'
    ? Number.isInteger(value)
    : value instanceof ExactNumber && /^-?\d+$/.test(value.text);
}

function textCode(values: readonly string[]): string {
  const every = (pattern: RegExp) => values.every((value) => pattern.test(value));
  if (every(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/)) return 's.dateTime()';
  if (every(/^\d{4}-\d\d-\d\d$/)) return 's.date()';
  if (every(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i)) return 's.uuid()';
  return 's.string()';
}

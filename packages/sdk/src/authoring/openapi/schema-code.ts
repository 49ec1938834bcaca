import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { keyCode } from '../probe/schema-code.ts';
import { type ApiDocument, listOf } from './api-document.ts';
import { openSchema, propertiesOf, typeOf } from './api-schema.ts';

const deepest = 6;

/** Code of a record's schema: what is in `required` is in every record, and the code of what is added. */
export interface RecordCode {
  readonly required: readonly string[];
  readonly added: Readonly<Record<string, string>>;
}

/** The code of an object schema, from an API's description of it. */
export function recordSchemaCode(
  item: JsonValue | undefined,
  { required, added }: RecordCode,
  { resolve }: ApiDocument,
): string {
  const writer = createWriter(resolve);
  const properties = propertiesOf(openSchema(item, resolve));
  const seen = referenceOf(item);
  const code = (name: string, at: string) =>
    `${at}${keyCode(name)}: ${writer.type(properties[name], at, seen)},\n`;
  const own = required.filter((name) => name in properties);
  const others = Object.keys(properties).filter((name) => !required.includes(name));
  const more = Object.entries(added).filter(([name]) => !(name in properties));
  const nullable = [
    ...others.map((name) => code(name, '      ')),
    ...more.map(([name, type]) => `      ${keyCode(name)}: ${type},\n`),
  ];
  const rest = nullable.length === 0 ? '' : `    ...s.nullable({\n${nullable.join('')}    }),\n`;
  return `s.object({\n${own.map((name) => code(name, '    ')).join('')}${rest}  })`;
}

/** The code of one property's type. */
export function propertyTypeCode(property: JsonValue | undefined, { resolve }: ApiDocument): string {
  return createWriter(resolve).type(property, '  ', []);
}

function referenceOf(value: JsonValue | undefined): readonly string[] {
  const reference = isJsonObject(value) ? value['$ref'] : undefined;
  return typeof reference === 'string' ? [reference] : [];
}

function createWriter(resolve: ApiDocument['resolve']) {
  const type = (value: JsonValue | undefined, indent: string, above: readonly string[]): string => {
    const references = referencesIn(value);
    if (references.some((each) => above.includes(each))) return 's.json() /* refers to itself */';
    const schema = openSchema(value, resolve);
    if (schema === undefined) return 's.json() /* is not described here */';
    if (alternatives(schema) > 1) return 's.json() /* one of several types */';
    const seen = [...above, ...references];
    switch (typeOf(schema)) {
      case 'boolean':
        return 's.boolean()';
      case 'integer':
        return 's.integer()';
      case 'number':
        return 's.number()';
      case 'string':
        return textCode(schema);
      case 'array':
        return `s.array(${type(schema['items'] ?? {}, indent, seen)})`;
      case 'object':
        return object(schema, indent, seen);
      default:
        return listOf(schema['enum']).some((each) => typeof each === 'string') ? 's.string()' : 's.json()';
    }
  };
  const object = (schema: JsonObject, indent: string, seen: readonly string[]): string => {
    const entries = Object.entries(propertiesOf(schema));
    if (entries.length === 0 || indent.length / 2 > deepest) return 's.json()';
    const inner = `${indent}  `;
    const members = entries.map(([name, each]) => `${inner}${keyCode(name)}: ${type(each, inner, seen)},\n`);
    return `s.object(s.nullable({\n${members.join('')}${indent}}))`;
  };
  return { type };
}

/** Its own reference, and those that are merged into it. */
function referencesIn(value: JsonValue | undefined): readonly string[] {
  if (!isJsonObject(value)) return [];
  const parts = ['allOf', 'oneOf', 'anyOf'].flatMap((name) => listOf(value[name]));
  return [value, ...parts].flatMap(referenceOf);
}

function alternatives(schema: JsonObject): number {
  return listOf(schema['oneOf']).length + listOf(schema['anyOf']).length;
}

const formats: Readonly<Record<string, string>> = {
  'date-time': 's.dateTime()',
  date: 's.date()',
  time: 's.time()',
  uuid: 's.uuid()',
};

function textCode({ format }: JsonObject): string {
  return (typeof format === 'string' ? formats[format] : undefined) ?? 's.string()';
}

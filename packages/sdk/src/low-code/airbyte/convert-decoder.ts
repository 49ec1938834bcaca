import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { at, listOf, member, note, objectOf, type Place, typeOf } from './problem.ts';

/** `decode`, where a stream has other answers than JSON. */
export function convertDecoder(given: JsonValue | undefined, place: Place): JsonObject {
  const decode = decodeOf(given, place);
  return decode === undefined ? {} : { decode };
}

function decodeOf(given: JsonValue | undefined, place: Place): JsonObject | undefined {
  const decoder = objectOf(given);
  if (given === undefined || given === null) return undefined;
  switch (typeOf(decoder)) {
    case 'JsonDecoder':
      return undefined;
    case 'JsonParser': {
      const charset = charsetOf(decoder, place);
      return Object.keys(charset).length === 0 ? undefined : { type: 'json', ...charset };
    }
    case 'JsonItemsDecoder':
      return { type: 'json', at: itemsPath(decoder['items_path']), ...charsetOf(decoder, place) };
    case 'JsonlDecoder':
    case 'JsonLineParser':
      return { type: 'json_lines', ...charsetOf(decoder, place) };
    case 'IterableDecoder':
      return { type: 'lines', as: 'record' };
    case 'CsvDecoder':
    case 'CsvParser':
      return csvOf(decoder, place);
    case 'CompositeRawDecoder':
      return decodeOf(decoder['parser'], at(place, 'parser'));
    case 'GzipDecoder':
      return gzipOf(decoder['decoder'], at(place, 'decoder'));
    case 'GzipParser':
      return gzipOf(decoder['inner_parser'], at(place, 'inner_parser'));
    default:
      return refused(typeOf(decoder), place);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ZipfileDecoder: 'files in zip are not read',
  XmlDecoder: 'XML is not read without code',
};

function refused(type: string, place: Place): undefined {
  const known = 'JSON, lines of JSON, CSV and lines are read, and gzip around them';
  const reason = reasons[type] ?? (type.startsWith('Custom') ? 'it is code' : 'it is not supported');
  note(place, type, reason, `${known}; write the stream in code, with decode: ({ text }) => …`);
  return undefined;
}

function gzipOf(given: JsonValue | undefined, place: Place): JsonObject {
  const inner = decodeOf(given, place) ?? { type: 'json' };
  if (inner['type'] === 'gzip') note(place, 'GzipDecoder', 'gzip in gzip is not read');
  return { type: 'gzip', of: inner };
}

function csvOf(decoder: JsonObject, place: Place): JsonObject {
  const written = String(decoder['delimiter'] ?? ',');
  const delimiter = escapes[written] ?? written;
  if (delimiter.length !== 1)
    note(at(place, 'delimiter'), typeOf(decoder), 'the delimiter must be one character');
  const nulls = listOf(decoder['set_values_to_none']);
  return {
    type: 'csv',
    ...(delimiter === ',' ? {} : { delimiter }),
    ...(nulls.length === 0 ? {} : { nulls }),
    ...charsetOf(decoder, place),
  };
}

const escapes: Readonly<Record<string, string>> = { '\\t': '\t', '\\\\': '\\' };

/** `data.users.item` leads through objects, and `item` through lists. */
function itemsPath(path: JsonValue | undefined): string {
  const names = String(path ?? '').split('.');
  return `$${names.map((name) => (name === 'item' ? '[*]' : `[${JSON.stringify(name)}]`)).join('')}[*]`;
}

/** Names of Python that no browser knows. */
const pythonNames: Readonly<Record<string, string>> = {
  'utf-8-sig': 'utf-8',
  'latin-1': 'latin1',
  'iso8859-1': 'latin1',
};

function charsetOf(decoder: JsonObject, place: Place): JsonObject {
  const given = decoder['encoding'];
  if (typeof given !== 'string' || given === '') return {};
  const plain = given.toLowerCase().replaceAll('_', '-');
  const charset = pythonNames[plain] ?? plain;
  try {
    const { encoding } = new TextDecoder(charset);
    return member('charset', encoding === 'utf-8' ? undefined : charset);
  } catch {
    note(at(place, 'encoding'), typeOf(decoder), `the encoding ${given} is not known`);
    return {};
  }
}

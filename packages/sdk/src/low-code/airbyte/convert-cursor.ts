import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { secondsOf, spanText } from './convert-duration.ts';
import { inject } from './convert-request.ts';
import { convertExpression, type TemplateNames } from './convert-template.ts';
import { at, listOf, member, note, objectOf, type Place, refuse, typeOf } from './problem.ts';

export interface ConvertedCursor {
  readonly stream: JsonObject;
  readonly requests: readonly JsonObject[];
  /** For templates of the stream. */
  readonly names: TemplateNames;
  /** What the property of the cursor is, added to the schema. */
  readonly property: { readonly name: string; readonly format: string | undefined } | undefined;
}

/** `DatetimeBasedCursor`; the tap's `start_date` is where it begins unless it says otherwise. */
export function convertCursor(given: JsonValue | undefined, place: Place): ConvertedCursor {
  const none = { requests: [], names: {}, property: undefined };
  if (!isJsonObject(given ?? null)) return { stream: {}, ...none };
  const cursor = objectOf(given);
  const field = cursor['cursor_field'];
  if (typeOf(cursor) === 'IncrementingCountCursor') {
    refuse(cursor, ['start_value_option'], place);
    return { stream: { replication_key: nameOf(field, place) }, ...none };
  }
  if (typeOf(cursor) !== 'DatetimeBasedCursor') {
    note(place, typeOf(cursor), 'it is not supported');
    return { stream: {}, ...none };
  }
  refuse(cursor, ['clamping'], place);
  const name = nameOf(field, place);
  const format = String(cursor['datetime_format'] ?? '%Y-%m-%dT%H:%M:%SZ');
  const bounds = [cursor['partition_field_start'], cursor['partition_field_end']].map(
    (each, index) =>
      (typeof each === 'string' && each !== '' ? each : ['start_time', 'end_time'][index]) ?? '',
  ) as [string, string];
  const kind = kindOf(cursor, format, place);
  return {
    stream: {
      replication_key: name,
      ...member('epoch', kind.epoch),
      ...span(cursor, 'step', 'windows', place),
      ...span(cursor, 'lookback_window', 'overlap', place),
      ...bound(cursor, 'start', format, place),
      ...bound(cursor, 'end', format, place),
      ...(cursor['global_substream_cursor'] === true ? { state_keys: [] } : {}),
    },
    requests: (['start', 'end'] as const).flatMap((side) => injectedTime(cursor, side, format, place)),
    names: { timeFormat: format, bounds },
    property: { name, format: kind.format },
  };
}

function nameOf(field: JsonValue | undefined, place: Place): string {
  const name = String(field);
  if (!/^[\w-]+$/.test(name))
    note(at(place, 'cursor_field'), 'Cursor', 'it must be the name of a property of the record itself');
  return name;
}

function injectedTime(
  cursor: JsonObject,
  side: 'start' | 'end',
  format: string,
  place: Place,
): readonly JsonObject[] {
  const option = cursor[`${side}_time_option`];
  if (option === undefined || option === null) return [];
  const value = `{{ format_time(${side}, ${JSON.stringify(format)}) }}`;
  return [inject(option, value, at(place, `${side}_time_option`))];
}

interface TimeKind {
  readonly epoch?: string;
  readonly format?: string;
}

/** How records write the time of the cursor: the first of the formats that is known. */
function kindOf(cursor: JsonObject, format: string, place: Place): TimeKind {
  const written = listOf(cursor['cursor_datetime_formats']).map(String);
  const formats = written.length === 0 ? [format] : written;
  const [found] = formats.flatMap((each) => oneKind(each) ?? []);
  if (found !== undefined) return found;
  note(
    at(place, 'cursor_datetime_formats'),
    'DatetimeBasedCursor',
    `times written as ${formats.join(', ')} are not compared`,
  );
  return {};
}

function oneKind(format: string): TimeKind | undefined {
  if (format === '%s') return { epoch: 'seconds' };
  if (format === '%ms') return { epoch: 'milliseconds' };
  if (format === '%Y-%m-%d') return { format: 'date' };
  const isTime =
    /^%Y-%m-%d[T ]%H:%M(:%S)?([.,](%f0?|%_ms|0+))?\s?(Z|%z|%Z|[+-]\d\d:?\d\d)?$/.test(format) ||
    format.startsWith('%Y-%m-%dT%H:%M:%S.%fZ');
  return isTime ? { format: 'date-time' } : undefined;
}

/** `start` and `end` of the stream; nothing where they are the tap's start date, and now. */
function bound(cursor: JsonObject, side: 'start' | 'end', format: string, place: Place): JsonObject {
  const given = cursor[`${side}_datetime`];
  if (given === undefined || given === null) return {};
  const here = at(place, `${side}_datetime`);
  const whole: JsonObject = isJsonObject(given) ? given : { datetime: given };
  refuse(whole, ['min_datetime', 'max_datetime'], here);
  const text = String(whole['datetime']).trim();
  const readAs = String(whole['datetime_format'] ?? format);
  if (side === 'start' && isStartDate(text)) return {};
  if (side === 'end' && /^\{\{\s*(?:now_utc|today_utc)\(\)[^|+-]*\}\}$/.test(text)) return {};
  const expression = convertExpression(text, here);
  if (expression === undefined) return {};
  const rfc = '"%Y-%m-%dT%H:%M:%SZ"';
  return { [side]: `{{ format_time(${expression}, ${rfc}, ${JSON.stringify(readAs)}) }}` };
}

function isStartDate(text: string): boolean {
  const own = String.raw`config(?:\.start_date|\[\s*["']start_date["']\s*\]|\.get\(\s*["']start_date["']\s*\))`;
  return new RegExp(String.raw`^\{\{\s*(?:${own}|format_datetime\(\s*${own}\s*,[^,|]*\))\s*\}\}$`).test(text);
}

function span(cursor: JsonObject, name: string, target: 'windows' | 'overlap', place: Place): JsonObject {
  const text = cursor[name];
  if (text === undefined || text === null || text === '') return {};
  // A window that is too long is what APIs refuse; an overlap that is too short loses records.
  const seconds = secondsOf(String(text), target === 'windows' ? 'shortest' : 'longest');
  if (seconds === 0) return {};
  if (seconds !== undefined) return { [target]: spanText(seconds) };
  const [, days] = /^P(\{\{[\s\S]*\}\})D$/.exec(String(text)) ?? [];
  const expression = days === undefined ? undefined : convertExpression(days, at(place, name));
  if (expression !== undefined) return { [target]: `{{ ${expression} }}d` };
  if (days === undefined)
    note(at(place, name), 'DatetimeBasedCursor', `the span ${String(text)} is not supported`);
  return {};
}

/** The schema with the property of the cursor as what it is. */
export function withCursor(schema: JsonObject, property: ConvertedCursor['property']): JsonObject {
  if (property?.format === undefined) return schema;
  const properties = objectOf(schema['properties']);
  const own = { type: ['string', 'null'], ...objectOf(properties[property.name]), format: property.format };
  return { ...schema, properties: { ...properties, [property.name]: own } };
}

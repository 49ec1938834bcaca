import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { timeFormats } from '../../tap/time-formats.ts';
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
  /** Older records are left out, though the API be told where to begin; otherwise it alone selects. */
  readonly isFiltered?: boolean;
  /** Of a feed, which begins with the newest record: what is true of a record that an earlier run has had. */
  readonly isOld?: string | undefined;
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
      ...member('time_formats', kind.formats),
      // Airbyte begins there whatever the stream is read for.
      start_when_whole: true,
      ...span(cursor, 'step', 'windows', place),
      ...granularity(cursor, place),
      ...span(cursor, 'lookback_window', 'overlap', place),
      ...bound(cursor, 'start', format, place),
      ...bound(cursor, 'end', format, place),
      ...(cursor['global_substream_cursor'] === true ? { state_keys: [] } : {}),
    },
    requests: (['start', 'end'] as const).flatMap((side) => injectedTime(cursor, side, format, place)),
    names: { timeFormat: format, bounds },
    property: { name, format: kind.format },
    isFiltered: cursor['is_client_side_incremental'] === true || cursor['is_data_feed'] === true,
    isOld: cursor['is_data_feed'] === true ? older(name, kind.formats?.[0] ?? format) : undefined,
  };
}

/** Of the last record of a page, as the API gives it: a member that is added later is not there. */
function older(name: string, format: string): string {
  const value = `last_record[${JSON.stringify(name)}]`;
  const isEarlier = `parse_time(${value}, ${JSON.stringify(format)}) < parse_time(start)`;
  return `start != None and ${value} != None and ${isEarlier}`;
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
  readonly formats?: readonly string[];
}

/** How records write the time of the cursor. */
function kindOf(cursor: JsonObject, format: string, place: Place): TimeKind {
  const written = listOf(cursor['cursor_datetime_formats']).map(String);
  const formats = written.length === 0 ? [format] : written;
  const [only, ...others] = formats;
  if (only !== undefined && others.length === 0 && epochs[only] !== undefined) return { epoch: epochs[only] };
  // Each of these is read as what it is.
  if (formats.every((each) => rfcKind(each) !== undefined))
    return { format: rfcKind(only ?? '') ?? 'date-time' };
  for (const each of formats)
    if (!isReadable(each))
      note(
        at(place, 'cursor_datetime_formats'),
        'DatetimeBasedCursor',
        `times written as ${each} are not read`,
      );
  return { formats };
}

const epochs: Readonly<Record<string, string>> = { '%s': 'seconds', '%ms': 'milliseconds' };

/** The kind of a format that is RFC 3339, or nearly. */
function rfcKind(format: string): string | undefined {
  if (format === '%Y-%m-%d') return 'date';
  const isTime =
    /^%Y-%m-%d[T ]%H:%M(:%S)?([.,](%f0?|%_ms|0+))?\s?(Z|%z|%Z|[+-]\d\d:?\d\d)?$/.test(format) ||
    format.startsWith('%Y-%m-%dT%H:%M:%S.%fZ');
  return isTime ? 'date-time' : undefined;
}

/** Whether all of its letters are known; a moment in it that cannot be read back is none. */
function isReadable(format: string): boolean {
  const moment = 1_700_000_000_000;
  const { parse, write } = timeFormats([format]);
  return parse(write(moment)) !== undefined;
}

/** `start` and `end` of the stream; nothing where they are the tap's start date, and now. */
function bound(cursor: JsonObject, side: 'start' | 'end', format: string, place: Place): JsonObject {
  const given = cursor[`${side}_datetime`];
  if (given === undefined || given === null) return {};
  const here = at(place, `${side}_datetime`);
  const whole: JsonObject = isJsonObject(given) ? given : { datetime: given };
  const text = String(whole['datetime']).trim();
  const written = String(whole['datetime_format'] ?? format);
  const readAs = JSON.stringify(written);
  const limits = (['min_datetime', 'max_datetime'] as const).filter((name) => isSet(whole[name]));
  if (limits.length === 0 && side === 'start' && isStartDate(text) && rfcKind(written) !== undefined)
    return {};
  if (limits.length === 0 && side === 'end' && isNow(text)) return {};
  const expression = convertExpression(text, here);
  if (expression === undefined) return {};
  const limited = limits.reduce<string>(
    (made, name) => {
      const limit = convertExpression(String(whole[name]), at(here, name));
      // Without a value it is no limit.
      const given = `parse_time(default(${limit ?? 'None'}, ${expression}, True), ${readAs})`;
      return `${name === 'min_datetime' ? 'max' : 'min'}(${made}, ${given})`;
    },
    limits.length === 0 ? expression : `parse_time(${expression}, ${readAs})`,
  );
  return { [side]: `{{ format_time(${limited}, "%Y-%m-%dT%H:%M:%SZ", ${readAs}) }}` };
}

function isSet(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isNow(text: string): boolean {
  return /^\{\{\s*now_utc\(\)[^|+-]*\}\}$/.test(text);
}

function isStartDate(text: string): boolean {
  const own = String.raw`config(?:\.start_date|\[\s*["']start_date["']\s*\]|\.get\(\s*["']start_date["']\s*\))`;
  return new RegExp(String.raw`^\{\{\s*(?:${own}|format_datetime\(\s*${own}\s*,[^,|]*\))\s*\}\}$`).test(text);
}

function span(cursor: JsonObject, name: string, target: 'windows' | 'overlap', place: Place): JsonObject {
  const text = cursor[name];
  if (text === undefined || text === null || text === '') return {};
  const [, years, months] = /^P(?:(\d+)Y)?(?:(\d+)M)?$/.exec(String(text)) ?? [];
  const count = Number(years ?? 0) * 12 + Number(months ?? 0);
  if (target === 'windows' && count > 0) return { windows: `${count}mo` };
  // A window that is too long is what APIs refuse; an overlap that is too short loses records.
  const seconds = secondsOf(String(text), target === 'windows' ? 'shortest' : 'longest');
  if (seconds === 0) return {};
  if (seconds !== undefined) return { [target]: spanText(seconds) };
  const [whole] = /^\{\{(?:(?!\}\})[\s\S])*\}\}$/.exec(String(text)) ?? [];
  const written = whole === undefined ? undefined : convertExpression(whole, at(place, name));
  if (written !== undefined) return { [target]: `{{ duration(${written}).total_seconds() }}s` };
  const [, days] = /^P(\{\{[\s\S]*\}\})D$/.exec(String(text)) ?? [];
  const expression = days === undefined ? undefined : convertExpression(days, at(place, name));
  if (expression !== undefined) return { [target]: `{{ ${expression} }}d` };
  if (days === undefined)
    note(at(place, name), 'DatetimeBasedCursor', `the span ${String(text)} is not supported`);
  return {};
}

/**
 * Ends of windows are inclusive there. A granularity below a minute is not taken: what lies between it and the next
 * window would be lost where the API's times are finer than it says, and all it spares is a record at the very border.
 */
function granularity(cursor: JsonObject, place: Place): JsonObject {
  const text = cursor['cursor_granularity'];
  if (!isSet(text) || !isSet(cursor['step'])) return {};
  const seconds = secondsOf(String(text), 'shortest');
  if (seconds === undefined)
    note(at(place, 'cursor_granularity'), 'DatetimeBasedCursor', `the span ${String(text)} is not supported`);
  return seconds === undefined || seconds < 60 ? {} : { granularity: spanText(seconds) };
}

/** The schema with the property of the cursor as what it is. */
export function withCursor(schema: JsonObject, property: ConvertedCursor['property']): JsonObject {
  if (property?.format === undefined) return schema;
  const properties = objectOf(schema['properties']);
  const own = { type: ['string', 'null'], ...objectOf(properties[property.name]), format: property.format };
  return { ...schema, properties: { ...properties, [property.name]: own } };
}

import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { inject } from './convert-request.ts';
import { at, note, objectOf, onlyKnown, type Place, typeOf } from './problem.ts';

export interface ConvertedCursor {
  readonly stream: JsonObject;
  readonly requests: readonly JsonObject[];
  readonly timeFormat: string | undefined;
  /** What the property of the cursor is, added to the schema. */
  readonly property: { readonly name: string; readonly format: string | undefined } | undefined;
}

/** `DatetimeBasedCursor`; the tap's `start_date` is where it begins. */
export function convertCursor(cursor: JsonValue | undefined, place: Place): ConvertedCursor {
  if (!isJsonObject(cursor)) return { stream: {}, requests: [], timeFormat: undefined, property: undefined };
  if (typeOf(cursor) !== 'DatetimeBasedCursor') note(place, typeOf(cursor), 'it is not supported');
  const known = [
    'cursor_field',
    'datetime_format',
    'cursor_datetime_formats',
    'start_datetime',
    'end_datetime',
  ];
  const options = ['start_time_option', 'end_time_option'];
  const more = [
    'step',
    'cursor_granularity',
    'lookback_window',
    'is_client_side_incremental',
    'is_data_feed',
  ];
  onlyKnown(cursor, [...known, ...options, ...more], place);
  const name = String(cursor['cursor_field']);
  if (!/^[\w-]+$/.test(name))
    note(at(place, 'cursor_field'), 'DatetimeBasedCursor', 'it must be the name of a property');
  checkBounds(cursor, place);
  const format = String(cursor['datetime_format'] ?? '%Y-%m-%dT%H:%M:%SZ');
  const requests = (['start', 'end'] as const).flatMap((bound) => {
    const option = cursor[`${bound}_time_option`];
    if (option === undefined) return [];
    return [
      inject(
        option,
        `{{ format_time(${bound}, ${JSON.stringify(format)}) }}`,
        at(place, `${bound}_time_option`),
      ),
    ];
  });
  const written = isJsonArray(cursor['cursor_datetime_formats'])
    ? cursor['cursor_datetime_formats'][0]
    : undefined;
  const kind = kindOf(String(written ?? format), place);
  return {
    stream: {
      replication_key: name,
      ...(kind.epoch === undefined ? {} : { epoch: kind.epoch }),
      ...span(cursor, 'step', 'windows', place),
      ...span(cursor, 'lookback_window', 'overlap', place),
    },
    requests,
    timeFormat: format,
    property: { name, format: kind.format },
  };
}

function kindOf(format: string, place: Place): { readonly epoch?: string; readonly format?: string } {
  if (format === '%s') return { epoch: 'seconds' };
  if (format === '%ms') return { epoch: 'milliseconds' };
  if (format === '%Y-%m-%d') return { format: 'date' };
  if (/^%Y-%m-%d[T ]%H:%M:%S(\.%f|\.%_ms|\.000)?(Z|%z|\+00:?00)?$/.test(format))
    return { format: 'date-time' };
  note(
    at(place, 'cursor_datetime_formats'),
    'DatetimeBasedCursor',
    `times written as ${format} are not compared`,
  );
  return {};
}

function checkBounds(cursor: JsonObject, place: Place): void {
  const text = (value: JsonValue | undefined) =>
    isJsonObject(value) &&
    Object.keys(value).every((name) => ['type', 'datetime', 'datetime_format'].includes(name))
      ? String(value['datetime'])
      : String(value);
  const start = text(cursor['start_datetime']);
  if (!/^\{\{\s*config(\.start_date|\[\s*["']start_date["']\s*\])\s*\}\}$/.test(start)) {
    note(
      at(place, 'start_datetime'),
      'MinMaxDatetime',
      'only config.start_date is supported',
      'call the setting start_date in the manifest',
    );
  }
  const end = cursor['end_datetime'];
  if (end !== undefined && !/^\{\{\s*(?:now_utc|today_utc)\(\)[^|]*\}\}$/.test(text(end)))
    note(at(place, 'end_datetime'), 'MinMaxDatetime', 'only now is supported', 'leave end_datetime out');
}

const spans: Readonly<Record<string, readonly [number, string]>> = {
  D: [1, 'd'],
  W: [1, 'w'],
  // The shortest there is: a span that is too long is what APIs refuse.
  M: [28, 'd'],
  Y: [365, 'd'],
  TH: [1, 'h'],
  TM: [1, 'm'],
  TS: [1, 's'],
};

function span(cursor: JsonObject, name: string, target: string, place: Place): JsonObject {
  const text = cursor[name];
  if (text === undefined) return {};
  const [, time = '', number, unit = ''] = /^P(T?)(\d+)([DWMYHS])$/.exec(String(text)) ?? [];
  const found = spans[`${time}${unit}`];
  if (found !== undefined) return { [target]: `${Number(number) * found[0]}${found[1]}` };
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

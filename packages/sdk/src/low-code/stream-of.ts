import { errorMessage } from '@meltano/foundation/errors';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { Decoder } from '../http/decode/decoder.ts';
import { type GraphqlOptions, graphql } from '../http/graphql.ts';
import type { RequestParams } from '../http/http-message.ts';
import { jsonPath } from '../http/json-path.ts';
import { type RestOptions, rest } from '../http/rest.ts';
import { parseInstant } from '../schema/instant.ts';
import { s } from '../schema/schema.ts';
import type { TemplateSource } from '../tap/define-tap.ts';
import type { StreamContext, StreamTemplate } from '../tap/stream.ts';
import { type Compiling, compile, requiredText, settled, textsOf } from './compiling.ts';
import { decoderOf } from './decoder-of.ts';
import { manifestError } from './errors.ts';
import { errorRuleOf, retryOf } from './http-of.ts';
import type { DecodeManifest, ParentManifest, StreamManifest } from './manifest.ts';
import { located } from './manifest-place.ts';
import { paginatorOf } from './paginator-of.ts';
import { partitionsOf } from './partitions-of.ts';
import type { ApartWorld } from './read-apart.ts';
import { shapeRecord } from './shape-record.ts';
import { createRequestScope, type RequestScope } from './stream-scope.ts';
import { shown } from './template.ts';

/** A stream of a manifest with its schema. */
export function streamOf(
  name: string,
  stream: StreamManifest,
  schema: JsonObject,
  compiling: Compiling,
  finished: ApartWorld['finished'],
): StreamTemplate<TemplateSource> {
  const label = `streams.${name}`;
  const partitions = partitionsOf(stream, label, compiling);
  const endDate = timeOf(stream.end, `${label}.end`, compiling);
  const scopeOf = createRequestScope(stream, endDate);
  const options = {
    ...definitionOf(stream),
    ...defined({
      overlap: durationOf(stream.overlap, `${label}.overlap`, compiling),
      windows: windowsOf(stream.windows, `${label}.windows`, compiling),
      granularity: durationOf(stream.granularity, `${label}.granularity`, compiling),
      startDate: timeOf(stream.start, `${label}.start`, compiling),
      endDate,
    }),
    schema: s.of(schema),
    ...requestOf(stream, label, compiling, scopeOf),
    ...(stream.decode === undefined
      ? {}
      : { decode: decoderAt(stream.decode, `${label}.decode`, compiling) }),
    ...(stream.records === undefined ? {} : { records: checkedPath(stream.records, `${label}.records`) }),
    ...(stream.paginate === undefined
      ? {}
      : { paginate: paginatorOf(stream.paginate, `${label}.paginate`, compiling, scopeOf) }),
    map: shapeRecord(stream, label, compiling),
    onError: (stream.on_error ?? []).map((rule, at) =>
      errorRuleOf(rule, `${label}.on_error[${at}]`, compiling),
    ),
    ...(stream.retry === undefined ? {} : { retry: retryOf(stream.retry) }),
    ...(stream.cost === undefined ? {} : { cost: stream.cost }),
  };
  const template =
    stream.query === undefined
      ? rest(options as unknown as RestOptions<JsonObject>)
      : graphql(options as unknown as GraphqlOptions<JsonObject>);
  return (each, source) => {
    const bound = template(each, source);
    return partitions === undefined ? bound : { ...bound, partitions: partitions({ source, finished }) };
  };
}

/** A time of the manifest as RFC 3339: it may be written so, or as a number since 1970. */
function timeOf(text: string | undefined, label: string, compiling: Compiling): string | undefined {
  if (text === undefined) return undefined;
  const value = settled(text, label, compiling);
  if (value === null || value === '') return undefined;
  const given = String(value);
  if (parseInstant(given) !== undefined) return given;
  const number = Number(given);
  if (Number.isFinite(number)) return new Date(number >= 1e11 ? number : number * 1_000).toISOString();
  throw manifestError('invalid', {
    message: `${label} is no time: ${given}`,
    hint: 'write it as 2024-01-31T00:00:00Z, or read it with format_time(…, …, read_as)',
    details: { path: label },
  });
}

function definitionOf(stream: StreamManifest) {
  const { keys, replication_key: replicationKey, sorted, epoch, since } = stream;
  const { parent, state_keys: stateKeys, add, selected, absent_is_empty: absentIsEmpty } = stream;
  const { time_formats: timeFormats, start_when_whole: startWhenWhole, keep_older: keepsOlder } = stream;
  return defined({
    keys,
    replicationKey,
    sorted,
    epoch,
    since,
    parent:
      parent === undefined ? undefined : [parent].flat().map((each) => parentOf(each as ParentManifest)),
    stateKeys,
    add,
    absentIsEmpty,
    timeFormats,
    startWhenWhole,
    keepsOlder,
    selectedByDefault: selected,
  });
}

function parentOf({ stream, fields, extra, all_records: allRecords }: ParentManifest) {
  return { stream, fields, ...defined({ extra, allRecords }) };
}

function requestOf(stream: StreamManifest, label: string, compiling: Compiling, scopeOf: RequestScope) {
  const { path, method, query, variables, params, headers, json, form, text } = stream;
  if (path === undefined && query === undefined) {
    throw manifestError('invalid', {
      message: `${label} needs "path" or, for GraphQL, "query"`,
      hint: 'name the path below api.url',
      details: { path: label },
    });
  }
  const perReading = (value: JsonValue | undefined, member: string) => {
    if (value === undefined) return undefined;
    const template = compile(value, `${label}.${member}`, compiling);
    return (context: StreamContext) => template(scopeOf(context));
  };
  const asTexts = (made: ((context: StreamContext) => JsonValue) | undefined) =>
    made === undefined ? undefined : (context: StreamContext) => textsOf(made(context));
  const asText = (made: ((context: StreamContext) => JsonValue) | undefined) =>
    made === undefined ? undefined : (context: StreamContext) => shown(made(context));
  return defined({
    ...pathOf(path, label, compiling, scopeOf),
    method,
    query,
    variables: perReading(variables, 'variables'),
    params: perReading(params, 'params') as ((context: StreamContext) => RequestParams) | undefined,
    headers: asTexts(perReading(headers, 'headers')),
    json: perReading(json, 'json'),
    form: asTexts(perReading(form, 'form')),
    text: asText(perReading(text, 'text')),
  });
}

/** A path that only the settings decide, or one that is worked out for each reading. */
function pathOf(path: string | undefined, label: string, compiling: Compiling, scopeOf: RequestScope) {
  if (path === undefined) return {};
  if (path === '') return { path };
  if (!/\{\{[^}]*\b(partition|start|end)\b/.test(path))
    return { path: requiredText(path, `${label}.path`, compiling) };
  // Beside a template, a placeholder is one, too.
  const whole = path.replaceAll(/(?<!\{)\{(\+?)([\w.-]+)\}(?!\})/g, (_, plus: string, name: string) => {
    const member = `partition[${JSON.stringify(name.replaceAll('.', '_'))}]`;
    return plus === '' ? `{{ url_encode(${member}) }}` : `{{ ${member} }}`;
  });
  const template = compile(whole, `${label}.path`, compiling);
  return { path, address: (context: StreamContext) => String(template(scopeOf(context))) };
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** Milliseconds, or, of months, what makes the end of a window from its start. */
function windowsOf(text: string | undefined, label: string, compiling: Compiling) {
  if (text?.endsWith('mo') !== true) return durationOf(text, label, compiling);
  const months = durationOf(`${text.slice(0, -2)}s`, label, compiling);
  return months === undefined ? undefined : (start: number) => monthsAfter(start, months / 1_000);
}

/** The same day of a later month, or its last. */
function monthsAfter(ms: number, count: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + count);
  if (date.getUTCDate() !== day) date.setUTCDate(0);
  return date.getTime();
}

/** Milliseconds; of a template without a value nothing. */
function durationOf(text: string | undefined, label: string, compiling: Compiling): number | undefined {
  if (text === undefined) return undefined;
  const count = settled(text.slice(0, -1), label, compiling);
  if (count === null || count === '') return undefined;
  const number = Number(count);
  if (number >= 0) return number * (units[text.at(-1) ?? 's'] ?? 1) * 1_000;
  throw manifestError('invalid', {
    message: `${label} is no number: ${String(count)}`,
    hint: 'set what it refers to to a number',
    details: { path: label },
  });
}

/** What cannot be read with is named with its place. */
function decoderAt(decode: DecodeManifest, label: string, { placeOf }: Compiling): Decoder {
  return located(placeOf, () => {
    try {
      return decoderOf(decode);
    } catch (cause) {
      throw manifestError('invalid', {
        message: `${label} cannot be used: ${errorMessage(cause)}`,
        hint: 'compare it with low-code.schema.json',
        details: { path: label },
        cause,
      });
    }
  });
}

function checkedPath(path: string, label: string): string {
  try {
    jsonPath(path);
    return path;
  } catch (cause) {
    throw manifestError('invalid', {
      message: `${label} is no JSONPath: ${path}`,
      hint: 'write it like $.data[*]',
      details: { path: label },
      cause,
    });
  }
}

/** Without the members that are undefined. */
function defined<T extends object>(value: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}

import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { literalIn } from '../text-functions.ts';
import { convertErrors } from './convert-errors.ts';
import { asExpression, convertTemplates, type TemplateNames } from './convert-template.ts';
import { at, note, objectOf, type Place, refuse, typeOf } from './problem.ts';

const targets: Readonly<Record<string, RequestPart>> = {
  request_parameter: 'params',
  header: 'headers',
  body_json: 'json',
  body_data: 'form',
};

export type RequestPart = 'params' | 'headers' | 'json' | 'form';

export interface Injected {
  readonly part: RequestPart;
  /** More than one lead into objects. */
  readonly names: readonly string[];
  /** The names with dots between them. */
  readonly name: string;
}

/** The part of a request that `inject_into` names, and the name in it. */
export function injected(option: JsonValue | undefined, place: Place): Injected | undefined {
  const { inject_into: into, field_name: name, field_path: path } = objectOf(option);
  const part = targets[String(into)];
  if (part !== undefined && typeof name === 'string' && !name.includes('{{'))
    return { part, name, names: [name] };
  if (part === 'json' && path !== undefined && isJsonArray(path)) {
    const names = path.map(String);
    return { part, names, name: names.join('.') };
  }
  note(place, 'RequestOption', `inject_into ${String(into)} is not supported in this form`);
  return undefined;
}

/** The parts of a request that a value goes into. */
export function inject(option: JsonValue | undefined, value: JsonValue, place: Place): JsonObject {
  const found = injected(option, place);
  if (found === undefined) return {};
  return { [found.part]: nested(found.names, value) };
}

function nested([name = '', ...rest]: readonly string[], value: JsonValue): JsonObject {
  return { [name]: rest.length === 0 ? value : nested(rest, value) };
}

/** Parts that several components add to, joined at any depth. */
export function joinParts(requests: readonly JsonObject[]): JsonObject {
  return Object.fromEntries(
    ['params', 'headers', 'json', 'form'].flatMap((name) => {
      const whole = requests.map((each) => objectOf(each[name])).reduce(merged, {});
      return Object.keys(whole).length === 0 ? [] : [[name, whole]];
    }),
  );
}

function merged(a: JsonObject, b: JsonObject): JsonObject {
  const shared = Object.entries(b).map(([name, value]): [string, JsonValue] => {
    const known = a[name] ?? null;
    return [name, isJsonObject(known) && isJsonObject(value) ? merged(known, value) : value];
  });
  return { ...a, ...Object.fromEntries(shared) };
}

/** Path, method, parameters, headers and body; members that need the token of the page are under `with`. */
export function convertRequester(requester: JsonObject, place: Place, names: TemplateNames): JsonObject {
  if (typeOf(requester) !== 'HttpRequester') {
    note(place, typeOf(requester), 'only HttpRequester is supported');
    return {};
  }
  refuse(requester, ['fetch_properties_from_endpoint', 'query_properties'], place);
  const parts = [
    ...(['request_parameters', 'request_headers', 'request_body_json', 'request_body_data'] as const).map(
      (name) => partOf(requester[name], targetOf[name], at(place, name), names),
    ),
    bodyOf(requester['request_body'], at(place, 'request_body'), names),
  ];
  const withToken = joinParts(parts.map(({ paged }) => paged));
  const method = requester['http_method'];
  return {
    path: pathOf(requester['path'], at(place, 'path'), names),
    ...(typeof method === 'string' && method.toUpperCase() !== 'GET' ? { method: method.toUpperCase() } : {}),
    ...joinParts(parts.map(({ plain }) => plain)),
    ...wholeBody(parts.map(({ plain }) => plain)),
    ...(Object.keys(withToken).length === 0 ? {} : { with: withToken }),
    ...convertErrors(requester['error_handler'], at(place, 'error_handler')),
  };
}

/** A body that is no object. */
function wholeBody(parts: readonly JsonObject[]): JsonObject {
  const whole = parts.flatMap(({ json, text }) => [
    ...(typeof json === 'string' ? [{ json }] : []),
    ...(text === undefined ? [] : [{ text }]),
  ]);
  return whole[0] ?? {};
}

const targetOf = {
  request_parameters: 'params',
  request_headers: 'headers',
  request_body_json: 'json',
  request_body_data: 'form',
} as const;

interface Part {
  readonly plain: JsonObject;
  readonly paged: JsonObject;
}

function partOf(value: JsonValue | undefined, target: string, place: Place, names: TemplateNames): Part {
  if (value === undefined || value === null || value === '') return { plain: {}, paged: {} };
  if (typeof value === 'string') return { plain: asText(value, target, place, names), paged: {} };
  if (!isJsonObject(value)) {
    note(place, 'HttpRequester', 'it must be an object');
    return { plain: {}, paged: {} };
  }
  const split = (isPaged: boolean) => {
    const chosen = Object.entries(value).filter(([, each]) => isOfPage(each) === isPaged);
    if (chosen.length === 0) return {};
    const made = convertTemplates(Object.fromEntries(chosen), place, { ...names, hasToken: isPaged });
    return { [target]: target === 'json' ? evaluated(made) : target === 'params' ? withLists(made) : made };
  };
  return { plain: split(false), paged: split(true) };
}

/** Texts in a body of JSON are evaluated there: one that says a number, a list or an object becomes it. */
function evaluated(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(evaluated);
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, evaluated(each)]));
  if (typeof value !== 'string') return value;
  if (!value.includes('{{')) return literalIn(value) ?? value;
  return /^(?:\{\{|\s*[[{])/.test(value) ? `{{ literal(${asExpression(value)}) }}` : value;
}

/** In parameters a list repeats the parameter. */
function withLists(value: JsonValue): JsonValue {
  const entries = Object.entries(objectOf(value)).map(([name, each]): [string, JsonValue] => {
    const isList = typeof each === 'string' && /^\s*\[[\s\S]*\]\s*$/.test(each);
    return [name, isList ? evaluated(each) : each];
  });
  return Object.fromEntries(entries);
}

/** A body that is a text; an object where one expression makes it. */
function asText(value: string, target: string, place: Place, names: TemplateNames): JsonObject {
  const isExpression = /^\s*\{\{(?:(?!\}\})[\s\S])*\}\}\s*$/.test(value);
  if (isOfPage(value)) note(place, 'HttpRequester', 'a text cannot have next_page_token');
  else if (isExpression ? target === 'json' : ['form', 'text'].includes(target))
    return { [isExpression ? 'json' : 'text']: convertTemplates(value, place, names) };
  else note(place, 'HttpRequester', 'it must be an object');
  return {};
}

function isOfPage(value: JsonValue): boolean {
  return /\{[{%][^}]*\bnext_page_token\b/.test(JSON.stringify(value));
}

const bodies: Readonly<Record<string, string>> = {
  RequestBodyJsonObject: 'json',
  RequestBodyGraphQL: 'json',
  RequestBodyUrlEncodedForm: 'form',
  RequestBodyPlainText: 'text',
};

function bodyOf(body: JsonValue | undefined, place: Place, names: TemplateNames): Part {
  if (body === undefined || body === null) return { plain: {}, paged: {} };
  const { type, value } = objectOf(body);
  const target = bodies[String(type)];
  if (target !== undefined) return partOf(value, target, at(place, 'value'), names);
  note(place, typeOf(body), 'it is not supported');
  return { plain: {}, paged: {} };
}

/** There a slash alone is no path, and several are one. */
function withoutEmptySegments(path: string): string {
  return path
    .split(/(\{\{[\s\S]*?\}\})/)
    .map((part) => (part.startsWith('{{') ? part : part.replaceAll(/(?<!:)\/{2,}/g, '/')))
    .join('')
    .replace(/^\/$/, '');
}

/** Members of the partition are placeholders, whose values are escaped. */
function pathOf(path: JsonValue | undefined, place: Place, names: TemplateNames): string {
  const text = String(path ?? '').replaceAll(
    /\{\{\s*(?:stream_partition|stream_slice)(?:\.(\w+)|\[\s*["'](\w+)["']\s*\])\s*\}\}/g,
    (found, a?: string, b?: string) => {
      const name = a ?? b ?? '';
      return (names.bounds ?? ['start_time', 'end_time']).includes(name) ? found : `{${name}}`;
    },
  );
  const made = String(convertTemplates(withoutEmptySegments(text.trim()), place, names));
  if (/\{\{[^}]*\b(body|record|last_record|token)\b/.test(made))
    note(place, 'HttpRequester', 'a path can use config, the partition and its times only');
  return made;
}

/** The address of a request, its base and its path. */
export function addressOf(requester: JsonObject): string {
  const base = String(requester['url_base'] ?? requester['url'] ?? '');
  const path = String(requester['path'] ?? '');
  return path === '' ? base : `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}

import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { convertTemplates, type TemplateNames } from './convert-template.ts';
import { at, note, objectOf, onlyKnown, type Place, typeOf } from './problem.ts';

/** The parts of a request that a member goes into, as `inject_into` names them. */
export function inject(option: JsonValue | undefined, value: JsonValue, place: Place): JsonObject {
  const { inject_into: into, field_name: name } = objectOf(option);
  if (typeof name === 'string' && into === 'request_parameter') return { params: { [name]: value } };
  if (typeof name === 'string' && into === 'header') return { headers: { [name]: value } };
  if (typeof name === 'string' && into === 'body_json') return { json: { [name]: value } };
  note(place, 'RequestOption', `inject_into ${String(into)} is not supported`);
  return {};
}

/** Path, method, parameters, headers and body. */
export function convertRequester(requester: JsonObject, place: Place, names: TemplateNames): JsonObject {
  if (typeOf(requester) !== 'HttpRequester') {
    note(place, typeOf(requester), 'only HttpRequester is supported');
    return {};
  }
  const known = [
    'url_base',
    'url',
    'path',
    'http_method',
    'request_parameters',
    'request_headers',
    'use_cache',
  ];
  onlyKnown(
    requester,
    [...known, 'request_body_json', 'request_body_data', 'authenticator', 'error_handler'],
    place,
  );
  const part = (name: string, target: string): JsonObject => {
    const value = requester[name];
    if (value === undefined || value === null) return {};
    if (isJsonObject(value)) return { [target]: convertTemplates(value, at(place, name), names) };
    note(at(place, name), 'HttpRequester', 'it must be an object');
    return {};
  };
  const method = requester['http_method'];
  return {
    path: pathOf(requester['path'], at(place, 'path')),
    ...(typeof method === 'string' && method !== 'GET' ? { method } : {}),
    ...part('request_parameters', 'params'),
    ...part('request_headers', 'headers'),
    ...part('request_body_json', 'json'),
    ...part('request_body_data', 'form'),
    ...errorsOf(requester['error_handler'], at(place, 'error_handler')),
  };
}

/** Members of the partition are placeholders; beside them a path knows the settings only. */
function pathOf(path: JsonValue | undefined, place: Place): string {
  const text = String(path ?? '').replaceAll(
    /\{\{\s*(?:stream_partition|stream_slice)(?:\.(\w+)|\[\s*["'](\w+)["']\s*\])\s*\}\}/g,
    (_, a?: string, b?: string) => `{${a ?? b}}`,
  );
  const made = String(convertTemplates(text, place));
  if (/\{\{.*\b(partition|start|end|body)\b/.test(made))
    note(place, 'HttpRequester', 'a path can use config and the partition only');
  return made;
}

const actions: Readonly<Record<string, string>> = {
  RETRY: 'retry',
  RATE_LIMITED: 'retry',
  FAIL: 'fail',
  IGNORE: 'skip',
  SUCCESS: 'accept',
  REFRESH_TOKEN_THEN_RETRY: 'refresh',
};

function errorsOf(handler: JsonValue | undefined, place: Place): JsonObject {
  const rules = rulesOf(handler, place);
  return rules.length === 0 ? {} : { on_error: rules };
}

function rulesOf(handler: JsonValue | undefined, place: Place): readonly JsonObject[] {
  if (!isJsonObject(handler)) return [];
  if (typeOf(handler) === 'CompositeErrorHandler') {
    const handlers = isJsonArray(handler['error_handlers']) ? handler['error_handlers'] : [];
    return handlers.flatMap((each, index) => rulesOf(each, at(place, 'error_handlers', index)));
  }
  if (typeOf(handler) !== 'DefaultErrorHandler') note(place, typeOf(handler), 'it is code');
  onlyKnown(handler, ['response_filters', 'backoff_strategies'], place);
  const wait = waitOf(handler['backoff_strategies'], at(place, 'backoff_strategies'));
  const filters = isJsonArray(handler['response_filters']) ? handler['response_filters'] : [];
  const rules = filters.map((each, index) =>
    ruleOf(objectOf(each), wait, at(place, 'response_filters', index)),
  );
  const retry = { status: [429, '5xx'], action: 'retry', ...wait };
  return Object.keys(wait).length === 0 ? rules : [...rules, retry];
}

function ruleOf(filter: JsonObject, wait: JsonObject, place: Place): JsonObject {
  onlyKnown(
    filter,
    ['http_codes', 'action', 'error_message', 'error_message_contains', 'failure_type'],
    place,
  );
  const { http_codes: codes, error_message: message, error_message_contains: contains } = filter;
  const action = actions[String(filter['action'])];
  if (action === undefined)
    note(place, 'HttpResponseFilter', `the action ${String(filter['action'])} is not supported`);
  return {
    action: action ?? 'fail',
    ...(isJsonArray(codes) ? { status: codes.map(Number) } : {}),
    ...(typeof contains === 'string'
      ? { body: contains.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`) }
      : {}),
    ...(typeof message === 'string' && !message.includes('{{') ? { message } : {}),
    ...(action === 'retry' ? wait : {}),
  };
}

function waitOf(strategies: JsonValue | undefined, place: Place): JsonObject {
  const all = isJsonArray(strategies) ? strategies.map(objectOf) : [];
  const [first = {}] = all;
  if (all.length > 1) note(place, 'backoff_strategies', 'only one is supported');
  switch (first['type']) {
    case undefined:
    case 'ExponentialBackoffStrategy':
      return {};
    case 'ConstantBackoffStrategy':
      if (typeof first['backoff_time_in_seconds'] === 'number')
        return { wait: first['backoff_time_in_seconds'] };
      break;
    case 'WaitTimeFromHeader':
      if (typeof first['header'] === 'string' && first['regex'] === undefined)
        return { wait_header: first['header'] };
      break;
    default:
  }
  note(at(place, 0), typeOf(first), 'it is not supported in this form');
  return {};
}

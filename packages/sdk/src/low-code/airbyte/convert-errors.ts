import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { isJsonObject } from '@meltano/foundation/json';
import { convertTemplates } from './convert-template.ts';
import { at, listOf, member, note, objectOf, type Place, typeOf } from './problem.ts';

/** `on_error` and `retry` of a stream. */
export function convertErrors(handler: JsonValue | undefined, place: Place): JsonObject {
  const { rules, attempts, wait } = handled(handler, place);
  const retry = { ...member('attempts', attempts), ...member('wait', wait) };
  return {
    ...(rules.length === 0 ? {} : { on_error: rules }),
    ...(Object.keys(retry).length === 0 ? {} : { retry }),
  };
}

interface Handled {
  readonly rules: readonly JsonObject[];
  readonly attempts: number | undefined;
  /** Seconds before the second try. */
  readonly wait: number | undefined;
}

function handled(handler: JsonValue | undefined, place: Place): Handled {
  if (!isJsonObject(handler ?? null)) return { rules: [], attempts: undefined, wait: undefined };
  const given = objectOf(handler);
  if (typeOf(given) === 'CompositeErrorHandler') {
    const all = listOf(given['error_handlers']).map((each, index) =>
      handled(each, at(place, 'error_handlers', index)),
    );
    const [first] = all;
    return { rules: all.flatMap(({ rules }) => rules), attempts: first?.attempts, wait: first?.wait };
  }
  if (typeOf(given) !== 'DefaultErrorHandler') note(place, typeOf(given), 'it is code');
  const wait = waitOf(given['backoff_strategies'], at(place, 'backoff_strategies'));
  const rules = listOf(given['response_filters']).flatMap((each, index) =>
    rulesOf(objectOf(each), wait, at(place, 'response_filters', index)),
  );
  const retry = { status: [429, '5xx'], action: 'retry', ...wait };
  return {
    rules: Object.keys(wait).length === 0 ? rules : [...rules, retry],
    attempts: attemptsOf(given['max_retries'], at(place, 'max_retries')),
    wait: exponential(given['backoff_strategies']),
  };
}

/** There the first wait is twice the factor. */
function exponential(strategies: JsonValue | undefined): number | undefined {
  const found = listOf(strategies)
    .map(objectOf)
    .find(({ type }) => type === 'ExponentialBackoffStrategy');
  const factor = found?.['factor'] === undefined ? Number.NaN : Number(found['factor']);
  return factor > 0 ? factor * 2 : undefined;
}

/** Tries, of which the first is no retry. */
function attemptsOf(retries: JsonValue | undefined, place: Place): number | undefined {
  if (retries === undefined || retries === null) return undefined;
  const count = Number(retries);
  if (Number.isInteger(count) && count >= 0) return count + 1;
  note(place, 'DefaultErrorHandler', 'only a number is supported');
  return undefined;
}

const actions: Readonly<Record<string, string>> = {
  RETRY: 'retry',
  RATE_LIMITED: 'retry',
  FAIL: 'fail',
  IGNORE: 'skip',
  SUCCESS: 'accept',
  REFRESH_TOKEN_THEN_RETRY: 'refresh',
};

/** A filter fits by any of its criteria, a rule by all of them. */
function rulesOf(filter: JsonObject, wait: JsonObject, place: Place): readonly JsonObject[] {
  const { http_codes: codes, error_message: message, error_message_contains: contains, predicate } = filter;
  const statuses = listOf(codes).map(Number);
  const isRetry = statuses.every((status) => status === 429 || status >= 500);
  const written = filter['action'] ?? (isRetry ? 'RETRY' : 'FAIL');
  const action = actions[String(written)];
  if (action === undefined)
    note(place, 'HttpResponseFilter', `the action ${String(written)} is not supported`);
  const rule = {
    action: action ?? 'fail',
    ...(typeof message === 'string' && !message.includes('{{') ? { message } : {}),
    ...(action === 'retry' ? wait : {}),
  };
  return [
    ...(statuses.length === 0 ? [] : [{ ...rule, status: statuses }]),
    ...(typeof contains === 'string'
      ? [{ ...rule, body: contains.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`) }]
      : []),
    ...(typeof predicate === 'string'
      ? [
          {
            ...rule,
            status: ['2xx', '4xx', '5xx'],
            when: convertTemplates(predicate, at(place, 'predicate')),
          },
        ]
      : []),
  ];
}

/** The first strategy that has a time counts: a header comes before a constant, which holds where it is absent. */
function waitOf(strategies: JsonValue | undefined, place: Place): JsonObject {
  return listOf(strategies)
    .map((each, index) => oneWait(objectOf(each), at(place, index)))
    .reduceRight((rest, first) => ({ ...rest, ...first }), {});
}

function oneWait(strategy: JsonObject, place: Place): JsonObject {
  const pattern = member('wait_pattern', strategy['regex'] ?? undefined);
  const { header } = strategy;
  switch (strategy['type']) {
    case 'ExponentialBackoffStrategy':
      return {};
    case 'ConstantBackoffStrategy': {
      const wait = Number(strategy['backoff_time_in_seconds']);
      if (Number.isFinite(wait)) return { wait };
      break;
    }
    case 'WaitTimeFromHeader':
      if (isPlain(header)) return { wait_header: header, ...pattern };
      break;
    case 'WaitUntilTimeFromHeader': {
      const wait = strategy['min_wait'] === undefined ? undefined : Number(strategy['min_wait']);
      if (isPlain(header) && !Number.isNaN(wait))
        return { wait_until_header: header, ...pattern, ...member('wait', wait) };
      break;
    }
    default:
  }
  note(place, typeOf(strategy), 'it is not supported in this form');
  return {};
}

function isPlain(text: JsonValue | undefined): text is string {
  return typeof text === 'string' && !text.includes('{{');
}

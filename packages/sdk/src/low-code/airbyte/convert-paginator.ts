import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { inject, injected } from './convert-request.ts';
import { asExpression, convertExpression, convertTemplates } from './convert-template.ts';
import { at, note, objectOf, type Place, refuse, typeOf } from './problem.ts';

/**
 * `paginate` of a stream, with the parts of the request that the size of a page takes. `isOld` is what is true of the
 * last record of a page after which there is nothing new.
 */
export function convertPaginator(
  paginator: JsonValue | undefined,
  withToken: JsonValue | undefined,
  place: Place,
  isOld?: string,
): JsonObject {
  if (!isJsonObject(paginator ?? null) || objectOf(paginator)['type'] === 'NoPagination') {
    return withToken === undefined ? {} : { paginate: { type: 'expression', next: '', with: withToken } };
  }
  const given = objectOf(paginator);
  if (typeOf(given) !== 'DefaultPaginator') {
    note(place, typeOf(given), 'it is code');
    return {};
  }
  const strategy = objectOf(given['pagination_strategy']);
  const inner = at(place, 'pagination_strategy');
  const size = sizeOf(strategy['page_size'], at(inner, 'page_size'));
  const option = given['page_size_option'];
  const sized =
    size === undefined || !isJsonObject(option ?? null)
      ? {}
      : inject(option, size.value, at(place, 'page_size_option'));
  const token = given['page_token_option'];
  const target = targetOf(token, withToken !== undefined, at(place, 'page_token_option'));
  const { first, ...pages } = endedBy(isOld, pagesOf(strategy, size?.expression, inner));
  const injectedFirst =
    first === undefined ? {} : firstOf(first, token, withToken, at(place, 'page_token_option'));
  return {
    ...sized,
    paginate: {
      type: 'expression',
      ...pages,
      ...target,
      ...(withToken === undefined ? {} : { with: withToken }),
      ...injectedFirst,
    },
  };
}

function sizeOf(
  size: JsonValue | undefined,
  place: Place,
): { readonly value: JsonValue; readonly expression: string } | undefined {
  if (size === undefined || size === null || size === '') return undefined;
  if (typeof size === 'number' || /^\d+$/.test(String(size)))
    return { value: Number(size), expression: String(Number(size)) };
  const expression = convertExpression(String(size), place);
  if (expression === undefined) return undefined;
  return { value: convertTemplates(size, place), expression: `to_int(${expression})` };
}

const members = { params: 'param', headers: 'header', json: 'json', form: 'form' } as const;

function targetOf(option: JsonValue | undefined, hasTemplates: boolean, place: Place): JsonObject {
  const { type, inject_into: into } = objectOf(option);
  if (type === 'RequestPath' || into === 'path') return { url: true };
  if (option === undefined || option === null) {
    // The next request would be the same as this one: more than one page ends the run with an error.
    return hasTemplates ? {} : { with: {} };
  }
  const found = injected(option, place);
  if (found === undefined) return {};
  if (found.part === 'json' && found.names.some((name) => name.includes('.')))
    note(place, 'RequestOption', 'a name with a dot is not supported here');
  return { [members[found.part]]: found.name };
}

/** The first page's token where the first request has one, too. */
function firstOf(
  value: JsonValue,
  option: JsonValue | undefined,
  withToken: JsonValue | undefined,
  place: Place,
): JsonObject {
  if (!isJsonObject(option ?? null) || objectOf(option)['type'] === 'RequestPath') return {};
  const found = injected(option, place);
  if (found === undefined) return {};
  if (found.part === 'params') return { first: { [found.name]: value } };
  const own = { [found.part]: { [found.name]: `{{ default(token, ${JSON.stringify(value)}) }}` } };
  return { with: { ...objectOf(withToken), ...own } };
}

/** Pages that end with one whose last record is old. */
function endedBy(isOld: string | undefined, pages: ReturnType<typeof pagesOf>): ReturnType<typeof pagesOf> {
  const { stop } = pages;
  if (isOld === undefined) return pages;
  return {
    ...pages,
    stop: stop === undefined ? `{{ ${isOld} }}` : `{{ (${asExpression(String(stop))}) or (${isOld}) }}`,
  };
}

/** `first` is the token of the first request, where it has one. */
function pagesOf(
  strategy: JsonObject,
  size: string | undefined,
  place: Place,
): JsonObject & { readonly first?: JsonValue } {
  const stop = size === undefined ? '{{ page_size == 0 }}' : `{{ page_size < ${size} }}`;
  const isFirst = strategy['inject_on_first_request'] === true;
  switch (strategy['type']) {
    case 'PageIncrement': {
      const start = Number(strategy['start_from_page'] ?? 0);
      return { next: `{{ page + ${start} }}`, stop, ...(isFirst ? { first: start } : {}) };
    }
    case 'OffsetIncrement':
      return { next: '{{ total }}', stop, ...(isFirst ? { first: 0 } : {}) };
    case 'CursorPagination':
      refuse(
        strategy,
        ['decoder'].filter((name) => typeOf(strategy[name]) !== 'JsonDecoder'),
        place,
      );
      return cursor(strategy, place);
    default:
      note(place, typeOf(strategy), 'it is not supported');
      return { next: '' };
  }
}

function cursor(strategy: JsonObject, place: Place): JsonObject {
  const text = (name: string) => convertTemplates(String(strategy[name] ?? ''), at(place, name));
  const stop = strategy['stop_condition'];
  return {
    next: text('cursor_value'),
    ...(stop === undefined || stop === null || stop === '' ? {} : { stop: text('stop_condition') }),
  };
}

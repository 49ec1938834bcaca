import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { inject } from './convert-request.ts';
import { convertTemplates } from './convert-template.ts';
import { at, note, objectOf, onlyKnown, type Place, typeOf } from './problem.ts';

/** `paginate` of a stream, with the parts of the request that the size of a page takes. */
export function convertPaginator(paginator: JsonValue | undefined, place: Place): JsonObject {
  if (!isJsonObject(paginator) || paginator['type'] === 'NoPagination') return {};
  onlyKnown(paginator, ['pagination_strategy', 'page_token_option', 'page_size_option'], place);
  if (typeOf(paginator) !== 'DefaultPaginator') note(place, typeOf(paginator), 'it is code');
  const strategy = objectOf(paginator['pagination_strategy']);
  const size = strategy['page_size'];
  if (size !== undefined && typeof size !== 'number')
    note(at(place, 'pagination_strategy', 'page_size'), typeOf(strategy), 'it must be a number');
  const sized =
    size === undefined || paginator['page_size_option'] === undefined
      ? {}
      : inject(paginator['page_size_option'], size, at(place, 'page_size_option'));
  const target = targetOf(paginator['page_token_option'], at(place, 'page_token_option'));
  return {
    ...sized,
    paginate: { type: 'expression', ...pages(strategy, target, at(place, 'pagination_strategy')), ...target },
  };
}

function targetOf(option: JsonValue | undefined, place: Place): JsonObject {
  const { type, inject_into: into, field_name: name } = objectOf(option);
  if (type === 'RequestPath') return { url: true };
  if (into === 'request_parameter' && typeof name === 'string') return { param: name };
  if (into === 'header' && typeof name === 'string') return { header: name };
  if (into === 'body_json' && typeof name === 'string') return { json: name };
  note(place, 'RequestOption', 'where the token goes is not supported');
  return { param: 'page' };
}

function pages(strategy: JsonObject, target: JsonObject, place: Place): JsonObject {
  const size = strategy['page_size'];
  const isLast = typeof size === 'number' ? `{{ page_size < ${size} }}` : '{{ page_size == 0 }}';
  const first = (value: JsonValue): JsonObject => {
    if (strategy['inject_on_first_request'] !== true) return {};
    if (typeof target['param'] === 'string') return { first: { [target['param']]: value } };
    note(place, typeOf(strategy), 'inject_on_first_request is supported for query parameters');
    return {};
  };
  switch (strategy['type']) {
    case 'PageIncrement': {
      onlyKnown(strategy, ['page_size', 'start_from_page', 'inject_on_first_request'], place);
      const start = Number(strategy['start_from_page'] ?? 0);
      return { next: `{{ page + ${start} }}`, stop: isLast, ...first(start) };
    }
    case 'OffsetIncrement':
      onlyKnown(strategy, ['page_size', 'inject_on_first_request'], place);
      return { next: '{{ total }}', stop: isLast, ...first(0) };
    case 'CursorPagination':
      onlyKnown(strategy, ['page_size', 'cursor_value', 'stop_condition'], place);
      return cursor(strategy, place);
    default:
      note(place, typeOf(strategy), 'it is not supported');
      return { next: '' };
  }
}

function cursor(strategy: JsonObject, place: Place): JsonObject {
  const text = (name: string) => convertTemplates(strategy[name] ?? '', at(place, name));
  return {
    next: text('cursor_value'),
    ...(strategy['stop_condition'] === undefined ? {} : { stop: text('stop_condition') }),
  };
}

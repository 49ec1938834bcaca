import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { RequestParams } from '../http/http-message.ts';
import {
  afterLastRecord,
  type CursorPages,
  cursorPages,
  linkHeader,
  type NumberedPages,
  nextLink,
  type OffsetPages,
  offsets,
  type PageRequest,
  type Paginator,
  pageNumbers,
  relayPages,
  singlePage,
} from '../http/paginate.ts';
import type { StreamContext } from '../tap/stream.ts';
import { type Compiling, compile, textsOf } from './compiling.ts';
import { manifestError } from './errors.ts';
import { answerScope } from './http-of.ts';
import type { RequestScope } from './stream-scope.ts';
import { isTruthy } from './template.ts';

type Paginate = JsonObject & { readonly type: string };

/** The paginator of a stream; `label` names the place in the manifest. */
export function paginatorOf(
  given: Paginate,
  label: string,
  compiling: Compiling,
  scopeOf: RequestScope,
): Paginator {
  const { type, ...options } = given;
  switch (type) {
    case 'next_link':
      return nextLink(String(options['path']));
    case 'link_header':
      return linkHeader();
    case 'cursor':
      assertPlace(options, label);
      return cursorPages({ ...options, from: tokenPlace(options, label) } as unknown as CursorPages);
    case 'after_last_record':
      assertPlace(options, label);
      return afterLastRecord(options as unknown as Parameters<typeof afterLastRecord>[0]);
    case 'page':
      return pageNumbers(withExactSize(options) as unknown as NumberedPages);
    case 'offset':
      return offsets(withExactSize(options) as unknown as OffsetPages);
    case 'relay':
      return relayPages(String(options['page_info']), options['variable'] as string | undefined);
    case 'expression':
      if (options['with'] === undefined) assertPlace(options, label, [...places, 'form']);
      return computedPages({ options, label, compiling, scopeOf });
    default:
      return singlePage;
  }
}

function withExactSize({ exact_size: exactSize, ...options }: JsonObject): JsonObject {
  return exactSize === undefined ? options : { ...options, exactSize };
}

function tokenPlace(options: JsonObject, label: string): CursorPages['from'] {
  const { from, from_header: header } = options;
  if (typeof from === 'string' && header === undefined) return from;
  if (typeof header === 'string' && from === undefined) return { header };
  throw oneOf(label, 'from, from_header');
}

const places = ['param', 'header', 'json', 'url'];

function assertPlace(options: JsonObject, label: string, names: readonly string[] = places): void {
  if (names.filter((place) => options[place] !== undefined).length !== 1)
    throw oneOf(label, names.join(', '));
}

function oneOf(label: string, names: string) {
  return manifestError('invalid', {
    message: `${label} needs exactly one of ${names}`,
    hint: 'say where the token for the next page is, and where it goes',
    details: { path: label },
  });
}

interface Computing {
  readonly options: JsonObject;
  readonly label: string;
  readonly compiling: Compiling;
  readonly scopeOf: RequestScope;
}

/** The next page is what templates make of this one. */
function computedPages({ options, label, compiling, scopeOf }: Computing): Paginator {
  const next = compile(options['next'] ?? null, `${label}.next`, compiling);
  const stop = compile(options['stop'] ?? false, `${label}.stop`, compiling);
  const first = compile(options['first'] ?? {}, `${label}.first`, compiling)({});
  const every = compile(options['with'] ?? {}, `${label}.with`, compiling);
  const withToken = (token: JsonValue, context: StreamContext) =>
    everyRequest(every({ ...scopeOf(context), token }));
  return {
    first: (context) => merged({ params: first as RequestParams }, withToken(null, context)),
    next({ response, records, held, number, total }, _request, context) {
      const scope = {
        ...scopeOf(context),
        ...answerScope(response),
        last_record: records.at(-1) ?? null,
        page_size: held ?? records.length,
        page: number,
        total: total ?? null,
      };
      if (isTruthy(stop(scope))) return undefined;
      const token = next(scope);
      if (token !== 0 && !isTruthy(token)) return undefined;
      return merged(placed(options, token, response.url), withToken(token, context));
    },
  };
}

function everyRequest(made: JsonValue): PageRequest {
  const { params, headers, json, form } = isJsonObject(made) ? made : {};
  return {
    ...(params === undefined ? {} : { params: params as RequestParams }),
    ...(headers === undefined ? {} : { headers: textsOf(headers) }),
    ...(json === undefined ? {} : { json: json as JsonObject }),
    ...(form === undefined ? {} : { form: textsOf(form) }),
  };
}

function merged(one: PageRequest, other: PageRequest): PageRequest {
  const both = <T extends object>(a: T | undefined, b: T | undefined) => ({ ...a, ...b }) as T;
  const parts = (['params', 'headers', 'json', 'form'] as const).flatMap((name) =>
    one[name] === undefined && other[name] === undefined ? [] : [[name, both(one[name], other[name])]],
  );
  return { ...one, ...Object.fromEntries(parts) };
}

function placed(
  { param, header, json, form, url }: JsonObject,
  token: JsonValue,
  address: string,
): PageRequest {
  if (typeof param === 'string') return { params: { [param]: token } };
  if (typeof header === 'string') return { headers: { [header]: String(token) } };
  if (typeof json === 'string') return { json: { [json]: token } };
  if (typeof form === 'string') return { form: { [form]: String(token) } };
  return url === true ? { url: new URL(String(token), address).href } : {};
}

import type { JsonObject, JsonValue } from '@meltano/foundation/json';
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
import { type Compiling, compile } from './compiling.ts';
import { manifestError } from './errors.ts';
import { isTruthy } from './template.ts';

type Paginate = JsonObject & { readonly type: string };

/** The paginator of a stream; `label` names the place in the manifest. */
export function paginatorOf(given: Paginate, label: string, compiling: Compiling): Paginator {
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
      return pageNumbers(options as unknown as NumberedPages);
    case 'offset':
      return offsets(options as unknown as OffsetPages);
    case 'relay':
      return relayPages(String(options['page_info']), options['variable'] as string | undefined);
    case 'expression':
      assertPlace(options, label);
      return computedPages(options, label, compiling);
    default:
      return singlePage;
  }
}

function tokenPlace(options: JsonObject, label: string): CursorPages['from'] {
  const { from, from_header: header } = options;
  if (typeof from === 'string' && header === undefined) return from;
  if (typeof header === 'string' && from === undefined) return { header };
  throw oneOf(label, 'from, from_header');
}

const places = ['param', 'header', 'json', 'url'];

function assertPlace(options: JsonObject, label: string): void {
  if (places.filter((place) => options[place] !== undefined).length !== 1)
    throw oneOf(label, places.join(', '));
}

function oneOf(label: string, names: string) {
  return manifestError('invalid', {
    message: `${label} needs exactly one of ${names}`,
    hint: 'say where the token for the next page is, and where it goes',
  });
}

/** The next page is what templates make of this one. */
function computedPages(options: JsonObject, label: string, compiling: Compiling): Paginator {
  const next = compile(options['next'] ?? null, `${label}.next`, compiling);
  const stop = compile(options['stop'] ?? false, `${label}.stop`, compiling);
  const first = compile(options['first'] ?? {}, `${label}.first`, compiling)({});
  return {
    first: { params: first as RequestParams },
    next({ response, records, number, total }) {
      const scope = {
        body: response.body ?? null,
        headers: Object.fromEntries(response.headers) as JsonObject,
        last_record: records.at(-1) ?? null,
        page_size: records.length,
        page: number,
        total,
      };
      if (isTruthy(stop(scope))) return undefined;
      const token = next(scope);
      return token !== 0 && !isTruthy(token) ? undefined : placed(options, token, response.url);
    },
  };
}

function placed({ param, header, json }: JsonObject, token: JsonValue, address: string): PageRequest {
  if (typeof param === 'string') return { params: { [param]: token } };
  if (typeof header === 'string') return { headers: { [header]: String(token) } };
  if (typeof json === 'string') return { json: { [json]: token } };
  return { url: new URL(String(token), address).href };
}

import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  stringifyJson,
} from '@meltano/foundation/json';
import type { StreamContext } from '../tap/stream.ts';
import { httpError } from './errors.ts';
import type { HttpResponse, RequestParams } from './http-message.ts';
import { firstOf, jsonPath } from './json-path.ts';
import { shortened } from './refusal.ts';

/** What the next request has that the first does not. */
export interface PageRequest {
  /** A whole address, or a path, in place of the stream's own; its parameters are those in it. */
  readonly url?: string;
  readonly params?: RequestParams;
  readonly headers?: Readonly<Record<string, string>>;
  /** Members put into the JSON body; a name with dots goes into an object in it. */
  readonly json?: JsonObject;
  /** Members of the body that is a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** The page before had less than was asked for: where there is none after it, as 404 says, all was read. */
  readonly mayBeBeyond?: true;
}

/** A page that has come. */
export interface Page {
  readonly response: HttpResponse;
  readonly records: readonly JsonValue[];
  /** How many records it holds, before a filter in the path of the records; undefined where that is not to be known. */
  readonly held: number | undefined;
  /** Counts from 1. */
  readonly number: number;
  /** What all pages until now hold, this one included; undefined where that is not to be known. */
  readonly total: number | undefined;
}

/** How an API is paged through. A value without memory: what is needed is in the page and its request. */
export interface Paginator {
  /** What the first request has beside the stream's own parameters. */
  first?: PageRequest | ((context: StreamContext) => PageRequest);
  /** The request for the next page; undefined at the end. */
  next(page: Page, request: PageRequest, context: StreamContext): PageRequest | undefined;
}

/** All records come at once. */
export const singlePage: Paginator = { next: () => undefined };

/** The body holds the next page's address, at a JSONPath. */
export function nextLink(path: string): Paginator {
  assertPaths(path);
  return { next: ({ response }) => linked(firstOf(path, response.body), response) };
}

/** The header `Link` holds the next page's address, as `rel="next"` (RFC 8288). */
export function linkHeader(): Paginator {
  return {
    next({ response }) {
      for (const [, target, parameters = ''] of (response.headers.get('link') ?? '').matchAll(
        /<([^>]*)>([^<]*)/g,
      )) {
        if (/;\s*rel="?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:[;,]|$)/i.test(parameters))
          return linked(target, response);
      }
      return undefined;
    },
  };
}

function linked(target: JsonValue | undefined, { url }: HttpResponse): PageRequest | undefined {
  if (!isTruthy(target) || String(target).trim() === '') return undefined;
  // Taken for the end, it would leave out all that follows (Invariant 4).
  if (typeof target !== 'string' || !URL.canParse(target, url)) throw noAddress(target);
  return { url: new URL(target, url).href };
}

function noAddress(target: JsonValue | undefined) {
  // Such addresses often hold a token: not what it is is told, only of which kind.
  const kind = isJsonArray(target ?? null)
    ? 'a list'
    : isJsonObject(target)
      ? 'an object'
      : `a ${typeof target}`;
  return httpError('unusable_page', {
    message: `Where the address of the next page should be, there is ${typeof target === 'string' ? 'a text that is none' : kind}`,
    hint: 'let the path lead to the address itself, such as $.next.href; numbers and tokens of pages are for other paginators',
  });
}

export interface CursorPages {
  /** JSONPath of the token in the body, or the name of a response header. */
  readonly from: string | { readonly header: string };
  /** Where the token goes; exactly one of these. */
  readonly param?: string;
  readonly header?: string;
  /** Name in the JSON body, with dots for an object in it, e.g. `page.after`. */
  readonly json?: string;
  /**
   * JSONPath of a value that says whether there is more: a flag, or how much there is. Without it, also in a page that
   * leaves it out, there is more while there is a token.
   */
  readonly more?: string;
}

/** Each page holds a token for the next. */
export function cursorPages(options: CursorPages): Paginator {
  const { from, more } = options;
  assertPaths(typeof from === 'string' ? from : undefined, more);
  return {
    next({ response }) {
      if (saysMore(more, response) === false) return undefined;
      const token =
        typeof from === 'string' ? firstOf(from, response.body) : response.headers.get(from.header);
      return isTruthy(token) ? placed(options, token as JsonValue) : undefined;
    },
  };
}

/** The next page begins after the last record of this one, named by one of its members. */
export function afterLastRecord(
  options: Omit<CursorPages, 'from'> & {
    /** JSONPath in the record, e.g. `id`. */
    readonly from: string;
  },
): Paginator {
  assertPaths(options.from, options.more);
  return {
    next({ response, records }) {
      if (saysMore(options.more, response) === false) return undefined;
      const token = firstOf(options.from, records.at(-1));
      return isTruthy(token) ? placed(options, token as JsonValue) : undefined;
    },
  };
}

function placed(options: Omit<CursorPages, 'from'>, token: JsonValue): PageRequest {
  if (options.param !== undefined) return { params: { [options.param]: token } };
  if (options.header !== undefined) return { headers: { [options.header]: String(token) } };
  return { json: { [options.json ?? 'cursor']: token } };
}

export interface NumberedPages {
  readonly param: string;
  /** Default 1. */
  readonly start?: number;
  /** Parameter and value of the page's size. */
  readonly size?: { readonly param: string; readonly value: number };
  /**
   * The API is known to fill its pages, so that one with fewer records is the last. That saves a request for each
   * stream, or partition.
   */
  readonly exactSize?: boolean;
  /** JSONPath of the number of pages. */
  readonly pages?: string;
  /** JSONPath of a value that says whether there is more: a flag, or how much there is. */
  readonly more?: string;
  /** Put the numbers into the JSON body instead of the address. */
  readonly in?: 'json';
}

/** Pages are numbered. */
export function pageNumbers(options: NumberedPages): Paginator {
  const { start = 1, size } = options;
  assertPaths(options.pages, options.more);
  const request = (page: number) =>
    counted(options, { [options.param]: page, ...(size === undefined ? {} : { [size.param]: size.value }) });
  return {
    first: request(start),
    next(page) {
      const last = numberAt(options.pages, page);
      const isLast = last === undefined ? isEnd(page, options) : page.number >= last;
      return isLast ? undefined : afterPage(page, size, request(start + page.number));
    },
  };
}

export interface OffsetPages {
  readonly param: string;
  readonly size: { readonly param: string; readonly value: number };
  /**
   * The API is known to fill its pages, so that one with fewer records is the last. That saves a request for each
   * stream, or partition.
   */
  readonly exactSize?: boolean;
  /** Default 0. */
  readonly start?: number;
  /** JSONPath of the number of records. */
  readonly total?: string;
  readonly more?: string;
  readonly in?: 'json';
}

/** Pages begin at the number of records before them. */
export function offsets(options: OffsetPages): Paginator {
  const { start = 0, size } = options;
  assertPaths(options.total, options.more);
  const request = (offset: number) => counted(options, { [options.param]: offset, [size.param]: size.value });
  return {
    first: request(start),
    next(page, asked) {
      const total = numberAt(options.total, page);
      const from =
        asNumber((asked.params?.[options.param] ?? asked.json?.[options.param]) as JsonValue) ?? start;
      // Of an empty page as much was passed over as was asked for, and of one that cannot be counted.
      const reached = from + (page.held || size.value);
      const isLast = total === undefined ? isEnd(page, options) : reached - start >= total;
      return isLast ? undefined : afterPage(page, size, request(reached));
    },
  };
}

/** Some APIs answer 404 behind their last page. After a full one that may as well be a fault, after a short one not. */
function afterPage({ held }: Page, size: NumberedPages['size'], request: PageRequest): PageRequest {
  const isShort = held !== undefined && size !== undefined && held < size.value;
  return isShort ? { ...request, mayBeBeyond: true } : request;
}

function counted({ in: place }: { readonly in?: 'json' }, values: JsonObject): PageRequest {
  return place === 'json' ? { json: values } : { params: values };
}

/** Where the API says how much there is, it is believed, though a page be empty: what is left out may be on all of it. */
function isEnd(
  page: Page,
  options: { readonly more?: string; readonly size?: { readonly value: number } } & Partial<
    OffsetPages & NumberedPages
  >,
): boolean {
  const { response, records, held } = page;
  const more = saysMore(options.more, response);
  if (more !== undefined) return !more;
  if ((held ?? records.length) === 0) return true;
  if (options.total !== undefined || options.pages !== undefined) return false;
  // Many APIs give fewer than they are asked for: all the time, or where they leave out what one may not see.
  return options.exactSize === true && held !== undefined && held < (options.size?.value ?? 0);
}

/** Connections of Relay's kind in GraphQL: `pageInfo { hasNextPage endCursor }` at a JSONPath, the cursor into a variable. */
export function relayPages(pageInfo: string, variable = 'after'): Paginator {
  assertPaths(pageInfo);
  return {
    next({ response, records }) {
      const info = firstOf(pageInfo, response.body);
      if (!isJsonObject(info) && records.length > 0) throw noPageInfo(pageInfo, 'there is none');
      if (!isJsonObject(info) || info['hasNextPage'] === false) return undefined;
      const { hasNextPage, endCursor = null } = info;
      if (hasNextPage === undefined) throw noPageInfo(pageInfo, 'it has no "hasNextPage"');
      if (hasNextPage !== true) return undefined;
      if (endCursor === null)
        throw noPageInfo(pageInfo, 'it has no "endCursor", though there is a next page');
      return { json: { [`variables.${variable}`]: endCursor } };
    },
  };
}

/** Taken for the end, a path or a query with a mistake would leave out all that follows (Invariant 4). */
function noPageInfo(path: string, problem: string) {
  return httpError('unusable_page', {
    message: `Whether there is another page should be said at ${path}, but ${problem}`,
    hint: 'compare the path with the query, which must ask for pageInfo { hasNextPage endCursor }',
    details: { path },
  });
}

/** Throws when an API leads back to a page that was already read, however long the circle. */
export function createLoopGuard(label: string): (request: PageRequest) => void {
  const seen = new Set<string>();
  return (request) => {
    const text = stringifyJson(request as unknown as JsonObject);
    if (seen.has(text)) {
      throw httpError('pagination_loop', {
        message: `${label} leads back to a page that was already read: ${shortened(text, 200)}`,
        hint: 'the paginator does not fit the API: compare the page requests with its documentation',
      });
    }
    seen.add(text);
  };
}

/** A mistake in a path is told where the paginator is made, not where the first page has come. */
function assertPaths(...paths: readonly (string | undefined)[]): void {
  for (const path of paths) if (path !== undefined) jsonPath(path);
}

/** What stands at the path of `more`; undefined where nothing does: a misspelt path must not make the first page the last. */
function saysMore(path: string | undefined, { body }: HttpResponse): boolean | undefined {
  const value = path === undefined ? undefined : firstOf(path, body);
  if (value === undefined) return undefined;
  if (value === null || value === false || Number(value) === 0) return false;
  return !(typeof value === 'string' && /^\s*(?:false|no|n)?\s*$/i.test(value));
}

function numberAt(path: string | undefined, { response }: Page): number | undefined {
  return asNumber(path === undefined ? undefined : firstOf(path, response.body));
}

/** 0 and "0" are tokens like any other. */
function isTruthy(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false;
}

function asNumber(value: JsonValue | undefined): number | undefined {
  const number =
    typeof value === 'number' || value instanceof ExactNumber || typeof value === 'string'
      ? Number(value)
      : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

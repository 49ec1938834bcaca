import {
  ExactNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  stringifyJson,
} from '@meltano/foundation/json';
import { httpError } from './errors.ts';
import type { HttpResponse, RequestParams } from './http-message.ts';
import { firstOf } from './json-path.ts';
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
  first?: PageRequest;
  /** The request for the next page; undefined at the end. */
  next(page: Page, request: PageRequest): PageRequest | undefined;
}

/** All records come at once. */
export const singlePage: Paginator = { next: () => undefined };

/** The body holds the next page's address, at a JSONPath. */
export function nextLink(path: string): Paginator {
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

function linked(target: JsonValue | undefined, response: HttpResponse): PageRequest | undefined {
  if (typeof target !== 'string' || target === '') return undefined;
  return { url: new URL(target, response.url).href };
}

export interface CursorPages {
  /** JSONPath of the token in the body, or the name of a response header. */
  readonly from: string | { readonly header: string };
  /** Where the token goes; exactly one of these. */
  readonly param?: string;
  readonly header?: string;
  /** Name in the JSON body, with dots for an object in it, e.g. `page.after`. */
  readonly json?: string;
  /** JSONPath of a value that says whether there is more; without it, there is more while there is a token. */
  readonly more?: string;
}

/** Each page holds a token for the next. */
export function cursorPages(options: CursorPages): Paginator {
  const { from, more } = options;
  return {
    next({ response }) {
      if (more !== undefined && !isTruthy(firstOf(more, response.body))) return undefined;
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
  return {
    next({ response, records }) {
      if (options.more !== undefined && !isTruthy(firstOf(options.more, response.body))) return undefined;
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
  /** Parameter and value of the page's size. With it a page that has fewer than those before is the last. */
  readonly size?: { readonly param: string; readonly value: number };
  /**
   * The API is known to fill its pages, so that a first one with fewer records is the only one. That saves a request
   * for each stream, or partition, that fits into one page.
   */
  readonly exactSize?: boolean;
  /** JSONPath of the number of pages. */
  readonly pages?: string;
  /** JSONPath of a value that says whether there is more. */
  readonly more?: string;
  /** Put the numbers into the JSON body instead of the address. */
  readonly in?: 'json';
}

/** Pages are numbered. */
export function pageNumbers(options: NumberedPages): Paginator {
  const { start = 1, size } = options;
  const request = (page: number) =>
    counted(options, { [options.param]: page, ...(size === undefined ? {} : { [size.param]: size.value }) });
  return {
    first: request(start),
    next(page) {
      const last = asNumber(
        options.pages === undefined ? undefined : firstOf(options.pages, page.response.body),
      );
      const isLast = last !== undefined && page.number >= last;
      return isLast || isEnd(page, options) ? undefined : request(start + page.number);
    },
  };
}

export interface OffsetPages {
  readonly param: string;
  readonly size: { readonly param: string; readonly value: number };
  /**
   * The API is known to fill its pages, so that a first one with fewer records is the only one. That saves a request
   * for each stream, or partition, that fits into one page.
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
  const request = (offset: number) => counted(options, { [options.param]: offset, [size.param]: size.value });
  return {
    first: request(start),
    next(page) {
      const total = asNumber(
        options.total === undefined ? undefined : firstOf(options.total, page.response.body),
      );
      // What is not counted was as much as was asked for.
      const reached = page.total ?? page.number * size.value;
      const isLast = total !== undefined && reached >= total;
      return isLast || isEnd(page, options) ? undefined : request(start + reached);
    },
  };
}

function counted({ in: place }: { readonly in?: 'json' }, values: JsonObject): PageRequest {
  return place === 'json' ? { json: values } : { params: values };
}

function isEnd(
  page: Page,
  options: { readonly more?: string; readonly size?: { readonly value: number } } & Partial<
    OffsetPages & NumberedPages
  >,
): boolean {
  const { response, records, held } = page;
  if ((held ?? records.length) === 0) return true;
  if (options.more !== undefined) return !isTruthy(firstOf(options.more, response.body));
  if (options.total !== undefined || options.pages !== undefined) return false;
  return options.size !== undefined && isShort(page, options.size.value, options.exactSize ?? false);
}

/**
 * The Python SDK goes on until an empty page, Airbyte ends at the first that has fewer records than were asked for. But
 * many APIs give fewer than they are asked for, all the time: then the first page says nothing yet, and a second request
 * tells. Later pages end where they have fewer than those before.
 */
function isShort({ held, number, total }: Page, size: number, exactSize: boolean): boolean {
  if (held === undefined || total === undefined || held >= size) return false;
  return exactSize || (number > 1 && held < (total - held) / (number - 1));
}

/** Connections of Relay's kind in GraphQL: `pageInfo { hasNextPage endCursor }` at a JSONPath, the cursor into a variable. */
export function relayPages(pageInfo: string, variable = 'after'): Paginator {
  return {
    next({ response }) {
      const info = firstOf(pageInfo, response.body);
      if (!isJsonObject(info) || info['hasNextPage'] !== true) return undefined;
      const cursor = info['endCursor'];
      return cursor === undefined || cursor === null
        ? undefined
        : { json: { [`variables.${variable}`]: cursor } };
    },
  };
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

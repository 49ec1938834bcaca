import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
  stringifyJson,
} from '@meltano/foundation/json';
import { differenceOf, matchKey, type RecordedRequest } from './cassette-request.ts';
import { type Scrubbing, secretsIn, telling, withoutSecrets } from './cassette-secrets.ts';
import { createTurns, keptExchanges, type TurnedExchange } from './cassette-turns.ts';
import { charsetOf, decoderFor } from './charset.ts';
import { credentialsIn } from './credentials.ts';
import { isGzip } from './decode/gzipped.ts';
import { limitHeaders } from './error-policy.ts';
import { httpError } from './errors.ts';
import { hostFetch, isGetWithBody } from './get-with-body.ts';

export interface CassetteOptions {
  /** Texts that must not be written down, e.g. the values of secret settings; wherever they stand they become `(secret)`. May grow until `save()`. */
  readonly secrets?: readonly string[];
  /** Names of members and parameters to keep although they sound like credentials, e.g. `sid` where it is an id. */
  readonly shown?: readonly string[];
  /** Query parameters that say nothing about the answer, such as the current time. */
  readonly ignoreParams?: readonly string[];
  /** Response headers to keep beside those that pagination and rate limits need. */
  readonly headers?: readonly string[];
  /** How requests are made while recording. Default: the host's own `fetch`. */
  readonly live?: typeof fetch;
  /** Default: `record` when the environment variable MELTANO_SDK_RECORD is 1, `replay` otherwise. */
  readonly mode?: 'record' | 'replay';
}

/** HTTP exchanges kept in a JSON file, so that tests need no network. */
export interface Cassette {
  /** Goes into `ConnectorContext.fetch`. */
  readonly fetch: typeof fetch;
  /** Writes the file when recording; does nothing when replaying. */
  save(): void;
}

interface Exchange extends TurnedExchange {
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON where it is JSON. */
  readonly json?: JsonValue;
  readonly text?: string;
}

/** Headers by which clients page and wait; all others change from day to day. */
const keptHeaders = ['content-type', 'link', 'location', 'retry-after', ...limitHeaders];

/**
 * Opens a cassette. While recording every request goes out, and what comes back is kept, without secrets: those that are
 * given, what stands under the names of credentials, and wherever else the same texts stand. While
 * replaying nothing goes out: equal requests get the recorded answers in their order, then from the first again, and
 * failures that passed come when they came; a request that was not recorded fails, and the error names the nearest that was.
 */
export function openCassette(path: string, options: CassetteOptions = {}): Cassette {
  const mode = options.mode ?? (process.env['MELTANO_SDK_RECORD'] === '1' ? 'record' : 'replay');
  return mode === 'record' ? recorder(path, options) : player(path, options);
}

function recorder(path: string, options: CassetteOptions): Cassette {
  const { live = hostFetch } = options;
  const raw: Exchange[] = [];
  const known = new Set<string>();
  return {
    async fetch(input, init) {
      const { request, credentials } = await readRequest(input, init);
      const response = await live(input, init);
      const bytes = await response.arrayBuffer();
      const recorded = recordedResponse(response, textOf(response, bytes), options);
      for (const text of [...credentials, ...secretsOf({ request, response: recorded }, options)])
        known.add(text);
      raw.push({ request, response: recorded });
      return new Response(bodyFor(response.status, bytes), {
        status: response.status,
        headers: response.headers,
      });
    },
    save() {
      if (raw.length === 0) return;
      // Only now all secrets are known: what one answer gives may stand in the exchanges before.
      const scrubbing = { secrets: [...(options.secrets ?? []), ...known], shown: options.shown };
      const exchanges = keptExchanges(
        raw.map((each) => scrubbed(each, scrubbing)),
        {
          keyOf: ({ request }) => matchKey(request, options),
          contentOf: ({ request, response }) =>
            stringifyJson([matchKey(request, options), response as unknown as JsonObject]),
        },
      );
      mkdirSync(dirname(path), { recursive: true });
      const content = { version: 1, exchanges };
      writeFileSync(path, `${stringifyJson(content as unknown as JsonObject, 2)}\n`);
    },
  };
}

function player(path: string, options: CassetteOptions): Cassette {
  let exchanges: readonly Exchange[] | undefined;
  const due = createTurns<Exchange>();
  const known = new Set<string>();
  return {
    async fetch(input, init) {
      // Cassettes may be older than some of the rules.
      exchanges ??= readExchanges(path).map((each) =>
        scrubbed(each, { secrets: options.secrets ?? [], shown: options.shown }),
      );
      const { request: bare, credentials } = await readRequest(input, init);
      for (const text of [...credentials, ...secretsOf({ request: bare }, options)]) known.add(text);
      const request = withoutSecrets(bare, 'request', {
        secrets: [...(options.secrets ?? []), ...known],
        shown: options.shown,
      });
      const key = matchKey(request, options);
      const answers = exchanges.filter((each) => matchKey(each.request, options) === key);
      const answer = due(key, answers);
      if (answer === undefined) throw notRecorded(path, request, exchanges);
      init?.signal?.throwIfAborted();
      const { status, headers, json, text } = answer.response;
      const body = json === undefined ? (text ?? '') : stringifyJson(json);
      return new Response(bodyFor(status, body), { status, headers });
    },
    save() {},
  };
}

function scrubbed({ request, response, ...when }: Exchange, scrubbing: Scrubbing): Exchange {
  return {
    ...when,
    request: withoutSecrets(request, 'request', scrubbing),
    response: withoutSecrets(response, 'response', scrubbing),
  };
}

function secretsOf({ request, response }: Partial<Exchange>, { shown }: CassetteOptions): readonly string[] {
  const scrubbing = { secrets: [], shown };
  return [
    ...secretsIn((request ?? null) as unknown as JsonValue, 'request', scrubbing),
    ...secretsIn((response ?? null) as unknown as JsonValue, 'response', scrubbing),
  ];
}

/** Some statuses may have no body at all. */
function bodyFor<T>(status: number, body: T): T | null {
  return status === 204 || status === 205 || status === 304 ? null : body;
}

/** The request, and the credentials in its headers, which are not kept. */
async function readRequest(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
): Promise<{ readonly request: RecordedRequest; readonly credentials: readonly string[] }> {
  // The host's own type takes no body with GET.
  const isApart = isGetWithBody(init);
  const request = new Request(input, isApart ? { ...init, body: null } : init);
  const text = isApart ? String(init?.body) : await request.text();
  const { method, url, headers } = request;
  return {
    request: { method, url, ...(text === '' ? {} : { body: parsedOr(text) }) },
    credentials: telling(credentialsIn(Object.fromEntries(headers))),
  };
}

/** As the client decodes it; where that fails, the client tells. */
function textOf({ headers }: Response, bytes: ArrayBuffer): string {
  const decoder = decoderFor(headers.get('content-type'), { charset: undefined, isLenient: true });
  if ('tries' in decoder) return '';
  // A file in gzip is kept as what it holds: a secret in it could not be found, and `gzipped` reads both.
  const given = new Uint8Array(bytes);
  return decoder.decode(isGzip(given) ? gunzipSync(given) : given);
}

function recordedResponse(response: Response, text: string, options: CassetteOptions): RecordedResponse {
  const names = [...keptHeaders, ...(options.headers ?? [])];
  const headers = Object.fromEntries(
    names.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, inUtf8(value)] as const];
    }),
  );
  const body = parsedOr(text);
  const content = typeof body === 'object' ? { json: body } : { text };
  return { status: response.status, headers, ...content };
}

/** The file is UTF-8, and so is what it is replayed as. */
function inUtf8(header: string): string {
  const charset = charsetOf(header);
  return charset === undefined ? header : header.replace(charset, 'utf-8');
}

function parsedOr(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function readExchanges(path: string): readonly Exchange[] {
  let value: JsonValue;
  try {
    value = parseJson(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw httpError('unusable_cassette', {
      message: `The cassette ${path} cannot be read`,
      hint: 'record it: run the test with MELTANO_SDK_RECORD=1',
      place: { file: path },
      cause,
    });
  }
  const exchanges = isJsonObject(value) ? value['exchanges'] : undefined;
  return (exchanges ?? []) as unknown as readonly Exchange[];
}

function notRecorded(path: string, request: RecordedRequest, exchanges: readonly Exchange[]) {
  const near = differenceOf(
    request,
    exchanges.map((each) => each.request),
  );
  return httpError('not_recorded', {
    message: `${request.method} ${request.url} is not in the cassette ${path}${near === undefined ? '' : `; the nearest that is: ${near}`}`,
    hint: 'record it again with MELTANO_SDK_RECORD=1, or mend the request',
    place: { file: path },
  });
}

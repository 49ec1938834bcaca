import { isAppError } from '@meltano/foundation/errors';
import { stringifyJson } from '@meltano/foundation/json';
import { decoderFor, type Decoder as TextDecoding } from './charset.ts';
import { decodeResponse } from './decode/decode-response.ts';
import type { Decoder } from './decode/decoder.ts';
import { httpError } from './errors.ts';
import { bodyTooLarge, type Failure, failureOf, undecodable, unusableHeader } from './failure.ts';
import { followRedirects } from './follow-redirects.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { HttpOptions } from './http-options.ts';
import { parseBody } from './parse-body.ts';
import { requestUrl } from './request-url.ts';

/** A string cannot be longer in V8. */
const longestText = 512 * 1024 * 1024 - 32;

interface SendWorld {
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
  /** Reads what a success brings. */
  readonly decoder?: Decoder | undefined;
}

/** Sends a request once and reads the answer whole. Throws only what is an `AppError` already. */
export async function sendOnce(
  request: HttpRequest,
  options: HttpOptions,
  { fetch, signal, decoder }: SendWorld,
): Promise<HttpResponse | Failure> {
  const url = requestUrl(options.baseUrl, request.url, request.params);
  const { body, type } = bodyOf(request);
  const headers = headersOf({ ...(type === undefined ? {} : { 'content-type': type }), ...request.headers });
  if (!(headers instanceof Headers)) return headers;
  const deadline = startDeadline(timeoutOf(options), signal);
  try {
    const response = await followRedirects(fetch, url, {
      method: request.method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: deadline.signal,
    });
    if ('tries' in response) return response;
    return decoder === undefined || response.status >= 300
      ? await readResponse(response, url, options)
      : await decodeResponse(response, { url, label: request.label, decoder, options });
  } catch (thrown) {
    if (isAppError(thrown)) throw thrown;
    return failureOf(thrown);
  } finally {
    deadline.end();
  }
}

/** The longest that a timer can wait; it would fire at once for more. */
const longestTimer = 2 ** 31 - 1;

/** Throws for a time in which no answer can come. */
export function timeoutOf({ timeout = 300_000 }: Pick<HttpOptions, 'timeout'>): number {
  if (timeout > 0) return Math.min(timeout, longestTimer);
  throw httpError('invalid_option', {
    message: `timeout is ${timeout}, which leaves no time for an answer`,
    hint: 'give it in milliseconds (in a manifest in seconds), or leave it out for five minutes',
  });
}

/** `AbortSignal.any` with a timeout would stay in memory until the time is over, once for each request (Invariant 9). */
function startDeadline(ms: number, outer: AbortSignal) {
  const control = new AbortController();
  const stop = () => control.abort(outer.reason);
  const timer = setTimeout(() => control.abort(new DOMException('Too slow', 'TimeoutError')), ms);
  if (outer.aborted) stop();
  outer.addEventListener('abort', stop, { once: true });
  return {
    signal: control.signal,
    end() {
      clearTimeout(timer);
      outer.removeEventListener('abort', stop);
    },
  };
}

function bodyOf(request: HttpRequest): { readonly body?: string; readonly type?: string } {
  if (request.json !== undefined) return { body: stringifyJson(request.json), type: 'application/json' };
  if (request.form !== undefined)
    return { body: new URLSearchParams(request.form).toString(), type: 'application/x-www-form-urlencoded' };
  return request.text === undefined ? {} : { body: request.text };
}

/** One by one: the host's error for them all would quote the value. */
function headersOf(given: Readonly<Record<string, string>>): Headers | Failure {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    try {
      headers.set(name, value);
    } catch {
      return unusableHeader(name);
    }
  }
  return headers;
}

async function readResponse(
  response: Response,
  url: string,
  options: HttpOptions,
): Promise<HttpResponse | Failure> {
  const { status, headers } = response;
  const decoder = decoderFor(headers.get('content-type'), {
    charset: options.charset,
    // What an error says is for people only.
    isLenient: status >= 400 || options.invalidBytes === 'replace',
  });
  if ('tries' in decoder) {
    await response.body?.cancel();
    return decoder;
  }
  const text = await readText(response, decoder, Math.min(options.maxBodyBytes ?? longestText, longestText));
  return typeof text === 'string' ? { status, headers, url, text, body: parseBody(text) } : text;
}

/** Of a body of too many bytes no more is read than that (Invariant 9). */
async function readText(
  { body, headers }: Response,
  decoder: TextDecoding,
  maxBytes: number,
): Promise<string | Failure> {
  if (body === null) return '';
  if (Number(headers.get('content-length') ?? 0) > maxBytes) {
    await body.cancel();
    return bodyTooLarge(maxBytes);
  }
  let text = '';
  let bytes = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of body) {
    const decoded = decode(decoder, chunk);
    if (decoded === undefined) return undecodable(decoder.encoding, bytes);
    bytes += chunk.length;
    if (bytes > maxBytes) return bodyTooLarge(maxBytes);
    text += decoded;
  }
  const rest = decode(decoder);
  return rest === undefined ? undecodable(decoder.encoding, bytes) : text + rest;
}

function decode(decoder: TextDecoding, chunk?: Uint8Array): string | undefined {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    return undefined;
  }
}

import { isAppError } from '@meltano/foundation/errors';
import { type JsonValue, parseJson, stringifyJson } from '@meltano/foundation/json';
import { bodyTooLarge, type Failure, failureOf, unusableHeader } from './failure.ts';
import { followRedirects } from './follow-redirects.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { HttpOptions } from './http-options.ts';
import { requestUrl } from './request-url.ts';

/** A string cannot be longer in V8. */
const longestText = 512 * 1024 * 1024 - 32;

/** Sends a request once and reads the answer whole. Throws only what is an `AppError` already. */
export async function sendOnce(
  request: HttpRequest,
  options: HttpOptions,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): Promise<HttpResponse | Failure> {
  const url = requestUrl(options.baseUrl, request.url, request.params);
  const { body, type } = bodyOf(request);
  const headers = headersOf({ ...(type === undefined ? {} : { 'content-type': type }), ...request.headers });
  if (!(headers instanceof Headers)) return headers;
  const deadline = startDeadline(options.timeout ?? 300_000, signal);
  try {
    const response = await followRedirects(fetch, url, {
      method: request.method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: deadline.signal,
    });
    if ('tries' in response) return response;
    return await readResponse(response, url, Math.min(options.maxBodyBytes ?? longestText, longestText));
  } catch (thrown) {
    if (isAppError(thrown)) throw thrown;
    return failureOf(thrown);
  } finally {
    deadline.end();
  }
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
  maxBytes: number,
): Promise<HttpResponse | Failure> {
  const text = await readText(response, maxBytes);
  if (text === undefined) return bodyTooLarge(maxBytes);
  return { status: response.status, headers: response.headers, url, text, body: tryParse(text) };
}

/** Undefined for a body of too many bytes, of which no more is read than that (Invariant 9). */
async function readText({ body, headers }: Response, maxBytes: number): Promise<string | undefined> {
  if (body === null) return '';
  if (Number(headers.get('content-length') ?? 0) > maxBytes) {
    await body.cancel();
    return undefined;
  }
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function tryParse(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

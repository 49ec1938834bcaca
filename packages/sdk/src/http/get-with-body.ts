import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';

/** Statuses whose answers have no body; a `Response` takes none for them. */
const bodiless: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/**
 * `fetch` for what it refuses to send: a body with GET or HEAD. HTTP gives such a body no meaning (RFC 9110 §9.3.1), but
 * some APIs want one. The answer is not compressed, and redirects are not followed.
 */
export const getWithBody: typeof fetch = (address, { method = 'GET', headers, body, signal } = {}) => {
  const url = new URL(String(address));
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const text = String(body ?? '');
  const given = {
    ...Object.fromEntries(new Headers(headers)),
    'accept-encoding': 'identity',
    'content-length': String(Buffer.byteLength(text)),
  };
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers: given, ...(signal == null ? {} : { signal }) }, (answer) =>
      resolve(responseOf(answer)),
    );
    request.once('error', reject);
    request.end(text);
  });
};

function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 200, rawHeaders } = answer;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  if (!bodiless.has(status))
    return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers });
  answer.resume();
  return new Response(null, { status, headers });
}

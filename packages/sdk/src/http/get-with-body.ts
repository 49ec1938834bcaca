import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Whether a request has a body with a method for which `fetch` refuses one. */
export function isGetWithBody({ method = 'GET', body }: RequestInit = {}): boolean {
  return body !== undefined && body !== null && /^(GET|HEAD)$/i.test(method);
}

/** `fetch`, which also sends a body with GET and HEAD. */
export const hostFetch: typeof fetch = (input, init) =>
  isGetWithBody(init) ? getWithBody(input, init) : fetch(input, init);

/** Statuses whose answers have no body; a `Response` takes none for them. */
const bodiless: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/**
 * `fetch` for what it refuses to send: a body with GET or HEAD. HTTP gives such a body no meaning (RFC 9110 §9.3.1), but
 * some APIs want one. Redirects are not followed. Goes through the same proxy: Node.js has one setting for both.
 */
export const getWithBody: typeof fetch = (address, { method = 'GET', headers, body, signal } = {}) => {
  const url = new URL(String(address));
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const text = String(body ?? '');
  const given = {
    'accept-encoding': 'gzip, deflate, br',
    ...Object.fromEntries(new Headers(headers)),
    'content-length': String(Buffer.byteLength(text)),
  };
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = send(url, { method, headers: given }, (answer) => {
      // The reason, rather than a broken connection, is why the body ends early.
      signal?.addEventListener('abort', () => answer.destroy(signal.reason), { once: true });
      resolve(responseOf(answer, method));
    });
    signal?.addEventListener('abort', () => request.destroy(signal.reason), { once: true });
    // What breaks off after the answer has begun is the failure of its body.
    request.on('error', reject);
    request.end(text);
  });
};

function responseOf(answer: IncomingMessage, method: string): Response {
  const { statusCode: status = 200, rawHeaders } = answer;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  if (!bodiless.has(status) && !/^HEAD$/i.test(method)) {
    const body = Readable.toWeb(decompressed(answer)) as ReadableStream<Uint8Array>;
    return new Response(body, { status, headers });
  }
  answer.resume();
  return new Response(null, { status, headers });
}

const decompressors: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** As its encodings say, the last first; a body of one that is not known stays as it is, as with `fetch`. */
function decompressed(answer: IncomingMessage): Readable {
  const named = (answer.headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  const steps = named.toReversed().map((name) => decompressors[name]);
  if (steps.some((step) => step === undefined)) return answer;
  // The failure of any of them ends the last, from which it is read.
  return steps.reduce<Readable>(
    (from, step) => pipeline(from, (step as () => Transform)(), () => {}),
    answer,
  );
}

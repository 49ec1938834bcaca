import { type Failure, redirected } from './failure.ts';

export interface RedirectableRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** As many as the host's own `fetch` follows. */
const mostHops = 20;
const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What another host may know: these say nothing of who asks. */
const harmless = ['accept', 'accept-language', 'content-type', 'user-agent'];

/**
 * Sends a request and goes where the answer leads, as `fetch` would, but for the credentials: `fetch` takes only
 * `Authorization` away for another host, not an API key in a header of its own (Invariant 5).
 */
export async function followRedirects(
  fetch: typeof globalThis.fetch,
  address: string,
  given: RedirectableRequest,
): Promise<Response | Failure> {
  const seen = new Set<string>();
  let request = given;
  let url = address;
  for (let hops = 0; hops <= mostHops; hops += 1) {
    const response = await fetch(url, { ...request, redirect: 'manual' });
    const location = response.headers.get('location');
    if (location === null || !statuses.has(response.status)) return response;
    await response.body?.cancel();
    if (!URL.canParse(location, url)) return redirected('to what is no address');
    const next = new URL(location, url);
    if (!/^https?:$/.test(next.protocol)) return redirected('to what is no HTTP address');
    seen.add(url);
    if (seen.has(next.href)) return redirected(`in a circle, by ${next.host}`);
    request = requestAfter(response.status, request, isSamePlace(next, new URL(url)));
    if (request.body !== undefined && !isSamePlace(next, new URL(address)))
      return redirected(`to another host, ${next.host}, with its body`);
    url = next.href;
  }
  return redirected('again and again');
}

function requestAfter(
  status: number,
  request: RedirectableRequest,
  keepsCredentials: boolean,
): RedirectableRequest {
  const { method, signal } = request;
  const headers = keepsCredentials ? request.headers : harmlessOf(request.headers);
  const becomesGet = status === 303 ? method !== 'HEAD' : status <= 302 && method === 'POST';
  if (!becomesGet) return { ...request, headers };
  headers.delete('content-type');
  return { method: 'GET', headers, signal };
}

function harmlessOf(headers: Headers): Headers {
  const kept = new Headers();
  for (const name of harmless) {
    const value = headers.get(name);
    if (value !== null) kept.set(name, value);
  }
  return kept;
}

/** Whether what went to the one may go to the other; from https to http the way is open to everybody. */
export function isSamePlace(next: URL, before: URL): boolean {
  return next.host === before.host && (next.protocol === before.protocol || next.protocol === 'https:');
}

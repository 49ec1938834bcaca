import { getWithBody, isGetWithBody } from '../http/get-with-body.ts';

/** A `fetch` that sends the requests for one origin to another, e.g. those for the real service to a local server. */
export function redirectFetch(from: string, to: string): typeof fetch {
  return (input, init) => {
    const isApart = isGetWithBody(init);
    const request = new Request(input, isApart ? { ...init, body: null } : init);
    const url = new URL(request.url);
    if (url.origin !== new URL(from).origin) throw new TypeError(`${url.origin} is not ${from}`);
    const address = new URL(url.pathname + url.search, to);
    return isApart ? getWithBody(address, init) : fetch(new Request(address, request));
  };
}

/** A `fetch` that sends the requests for one origin to another, e.g. those for the real service to a local server. */
export function redirectFetch(from: string, to: string): typeof fetch {
  return (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (url.origin !== new URL(from).origin) throw new TypeError(`${url.origin} is not ${from}`);
    return fetch(new Request(new URL(url.pathname + url.search, to), request));
  };
}

import { type Authenticator, withHeaders } from './authenticator.ts';

/** `Authorization: Bearer <token>`; with another scheme, e.g. `token`, that word in its place. Without a token nothing. */
export function bearer(token: string | undefined, scheme = 'Bearer'): Authenticator {
  return (request) =>
    token === undefined || token === ''
      ? request
      : withHeaders(request, { authorization: `${scheme} ${token}` });
}

export function basic(username: string, password = ''): Authenticator {
  const text = Buffer.from(`${username}:${password}`).toString('base64');
  return (request) => withHeaders(request, { authorization: `Basic ${text}` });
}

/** A key in a header of its own, or in a query parameter. */
export function apiKey(
  place: { readonly header: string } | { readonly param: string },
  key: string,
): Authenticator {
  return (request) =>
    'header' in place
      ? withHeaders(request, { [place.header]: key })
      : { ...request, params: { ...request.params, [place.param]: key } };
}

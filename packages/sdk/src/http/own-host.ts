import { httpError } from './errors.ts';
import { isSamePlace } from './follow-redirects.ts';
import type { HttpRequest } from './http-message.ts';
import type { HttpOptions } from './http-options.ts';

/**
 * Credentials never go to a host that an answer has named, nor in the clear where they went encrypted (Invariant 5).
 * A server behind a proxy often takes itself for one without encryption: such an address of its own is asked with it.
 */
export function onOwnHost(request: HttpRequest, { baseUrl }: HttpOptions): HttpRequest {
  const { url, followed, label } = request;
  if (followed !== true || !URL.canParse(url)) return request;
  const [given, own] = [new URL(url), new URL(baseUrl)];
  if (isSamePlace(given, own)) return request;
  if (given.host === own.host && given.protocol === 'http:')
    return { ...request, url: url.replace(/^http:/i, 'https:') };
  const differs = given.host === own.host ? 'origin' : 'host';
  throw httpError('foreign_address', {
    message: `The next page of ${label} is said to be on ${given[differs]}, not on ${own[differs]}`,
    hint:
      differs === 'host'
        ? 'credentials are not sent to another host; if that is right, page by a token, or make it the base address'
        : 'credentials are not sent without encryption; page by a token, or by a path without the host',
    details: { url: label, host: given.host },
  });
}

import { ExactNumber, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { httpError } from './errors.ts';
import type { ParamValue, RequestParams } from './http-message.ts';

/**
 * The whole address: the base, the path, and the parameters beside those that both have already. What stands in an
 * address stays as it is written: some APIs know `fields=a,b` and not `fields=a%2Cb`.
 */
export function requestUrl(baseUrl: string, path: string, params: RequestParams): string {
  const isWhole = /^https?:\/\//.test(path);
  // Joined to a path, a base without a host would make one of the path's first part.
  if (!isWhole) assertAddress(baseUrl);
  const joined = isWhole ? path : joinedTo(baseUrl, path);
  assertAddress(joined);
  const url = new URL(joined);
  if (url.username !== '' || url.password !== '') {
    // Neither `fetch` nor a log may see it: Invariant 5.
    throw httpError('invalid_address', {
      message: `The address of ${url.host} holds a user name or a password`,
      hint: 'give them to the tap as settings of their own',
    });
  }
  let query = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '');
  for (const [name, value] of Object.entries(params)) {
    const values = (Array.isArray(value) ? value : [value]) as readonly ParamValue[];
    const texts = values.flatMap((each) => (each === undefined || each === null ? [] : [paramText(each)]));
    if (texts.length === 0) continue;
    // Given again, as by a paginator, a parameter of the path is replaced.
    query = query.filter((part) => nameIn(part) !== name);
    query.push(...texts.map((text) => new URLSearchParams([[name, text]]).toString()));
  }
  url.search = query.join('&');
  return url.href;
}

/** The query of the base comes before that of the path; without a path the base stays as it is, also its last slash. */
function joinedTo(baseUrl: string, path: string): string {
  const [base = '', ...query] = baseUrl.split('?');
  const [place = '', ...more] = path.split('?');
  const whole =
    place === '' ? base : `${base.replace(/\/+$/, '')}${place.startsWith('/') ? '' : '/'}${place}`;
  const parts = [query.join('?'), more.join('?')].filter((part) => part !== '');
  return parts.length === 0 ? whole : `${whole}?${parts.join('&')}`;
}

function nameIn(part: string): string | undefined {
  return [...new URLSearchParams(part).keys()][0];
}

function assertAddress(text: string): void {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return;
  throw httpError('invalid_address', {
    message: `"${text}" is not an address`,
    hint: 'a base address begins with https:// and a host',
  });
}

function paramText(value: JsonValue): string {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber)
    ? stringifyJson(value)
    : String(value);
}

import { ExactNumber, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { httpError } from './errors.ts';
import type { ParamValue, RequestParams } from './http-message.ts';

/** The whole address: the base, the path, and the parameters beside those that the path has already. */
export function requestUrl(baseUrl: string, path: string, params: RequestParams): string {
  const isWhole = /^https?:\/\//.test(path);
  // Joined to a path, a base without a host would make one of the path's first part.
  if (!isWhole) assertAddress(baseUrl);
  const joined = isWhole ? path : `${baseUrl.replace(/\/+$/, '')}${slashed(path)}`;
  assertAddress(joined);
  const url = new URL(joined);
  if (url.username !== '' || url.password !== '') {
    // Neither `fetch` nor a log may see it: Invariant 5.
    throw httpError('invalid_address', {
      message: `The address of ${url.host} holds a user name or a password`,
      hint: 'give them to the tap as settings of their own',
    });
  }
  for (const [name, value] of Object.entries(params)) {
    const values = (Array.isArray(value) ? value : [value]) as readonly ParamValue[];
    const texts = values.flatMap((each) => (each === undefined || each === null ? [] : [paramText(each)]));
    // Given again, as by a paginator, a parameter of the path is replaced.
    if (texts.length > 0) url.searchParams.delete(name);
    for (const text of texts) url.searchParams.append(name, text);
  }
  return url.href;
}

function assertAddress(text: string): void {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return;
  throw httpError('invalid_address', {
    message: `"${text}" is not an address`,
    hint: 'a base address begins with https:// and a host',
  });
}

function slashed(path: string): string {
  return path === '' || path.startsWith('/') || path.startsWith('?') ? path : `/${path}`;
}

function paramText(value: JsonValue): string {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber)
    ? stringifyJson(value)
    : String(value);
}

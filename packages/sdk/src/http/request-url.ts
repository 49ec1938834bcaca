import { ExactNumber, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { httpError } from './errors.ts';
import type { ParamValue, RequestParams } from './http-message.ts';

/** The whole address: the base, the path, and the parameters beside those that the path has already. */
export function requestUrl(baseUrl: string, path: string, params: RequestParams): string {
  const joined = /^https?:\/\//.test(path) ? path : `${baseUrl.replace(/\/+$/, '')}${slashed(path)}`;
  if (!URL.canParse(joined)) {
    throw httpError('invalid_address', {
      message: `"${joined}" is not an address`,
      hint: 'a base address begins with https:// and a host',
    });
  }
  const url = new URL(joined);
  for (const [name, value] of Object.entries(params)) {
    const values = (Array.isArray(value) ? value : [value]) as readonly ParamValue[];
    const texts = values.flatMap((each) => (each === undefined || each === null ? [] : [paramText(each)]));
    // Given again, as by a paginator, a parameter of the path is replaced.
    if (texts.length > 0) url.searchParams.delete(name);
    for (const text of texts) url.searchParams.append(name, text);
  }
  return url.href;
}

function slashed(path: string): string {
  return path === '' || path.startsWith('/') || path.startsWith('?') ? path : `/${path}`;
}

function paramText(value: JsonValue): string {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber)
    ? stringifyJson(value)
    : String(value);
}

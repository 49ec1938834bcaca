import { type JsonObject, stringifyJson } from '@meltano/foundation/json';
import type { RestApiConfig } from './config.ts';
import { restApiError } from './errors.ts';

/** `paginate` of the manifest for the styles of tap-rest-api-msdk; `given` are the settings as they came. */
export function msdkPagination(config: RestApiConfig, given: JsonObject, params: JsonObject): JsonObject {
  const paginate = paginatorOf(config, given, params);
  return paginate === undefined ? {} : { paginate };
}

function paginatorOf(config: RestApiConfig, given: JsonObject, params: JsonObject): JsonObject | undefined {
  const { next_page_token_path: path, pagination_response_style: response } = config;
  const offsetStyle = response === 'offset' || response === 'style1';
  const param = config.pagination_next_page_param ?? (offsetStyle ? 'offset' : 'page');
  switch (config.pagination_request_style) {
    case 'single_page_paginator':
      return undefined;
    case 'header_link_paginator':
    case 'restapi_header_link_paginator':
      return { type: 'link_header' };
    case 'hateoas_paginator':
      return { type: 'next_link', path: path ?? '$.links[?(@.rel=="next")].href' };
    case 'simple_header_paginator':
      return path === undefined
        ? { type: 'cursor', from_header: 'X-Next-Page', param }
        : { type: 'cursor', from: path, param };
    case 'page_number_paginator':
      return { type: 'page', param, start: config.pagination_initial_offset, ...more(path) };
    case 'style1':
    case 'offset_paginator':
    case 'simple_offset_paginator':
      return offsetPages(config, given, params);
    default:
      return { type: 'cursor', from: path ?? '$.next_page', param };
  }
}

function more(path: string | undefined): JsonObject {
  return path === undefined ? {} : { more: path };
}

function offsetPages(config: RestApiConfig, given: JsonObject, params: JsonObject): JsonObject {
  const limit = config.pagination_limit_per_page_param ?? 'limit';
  const value = config.pagination_page_size ?? sizeIn(params, limit);
  // Its default is for pages, which are counted from 1: as an offset it would leave the first record out.
  const hasStart =
    given['pagination_initial_offset'] !== undefined && given['pagination_initial_offset'] !== null;
  return {
    type: 'offset',
    param: config.pagination_next_page_param ?? 'offset',
    size: { param: limit, value },
    ...(hasStart ? { start: config.pagination_initial_offset } : {}),
    ...(config.pagination_request_style === 'simple_offset_paginator'
      ? {}
      : { total: `${config.next_page_token_path ?? '$'}.${config.pagination_total_limit_param}` }),
  };
}

function sizeIn(params: JsonObject, limit: string): number {
  const written = params[limit] ?? 25;
  const size = Number(written);
  if (Number.isInteger(size) && size > 0) return size;
  throw restApiError('incomplete', {
    message: `params.${limit} is ${stringifyJson(written)}, which is no number of records a page`,
    hint: `set pagination_page_size, or params.${limit} to a number; single_page_paginator as pagination_request_style asks once`,
  });
}

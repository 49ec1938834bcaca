import { isJsonObject, type JsonObject, stringifyJson } from '@meltano/foundation/json';
import { defineConfig, setting } from '@meltano/sdk';
import type { ConfigOf } from '@meltano/sdk/config/config';

const text = (label: string, description: string) => setting.string({ label, description });
const secret = (label: string, description: string) => setting.secret({ label, description });

export const paginationStyles = [
  'default',
  'jsonpath_paginator',
  'simple_header_paginator',
  'header_link_paginator',
  'restapi_header_link_paginator',
  'style1',
  'offset_paginator',
  'simple_offset_paginator',
  'page_number_paginator',
  'hateoas_paginator',
  'single_page_paginator',
] as const;

const declared = defineConfig({
  manifest: text(
    'Manifest',
    'A file, YAML or JSON, that describes the API and its streams; or its content, as an object in JSON.',
  ),
  leave_out_unsupported: setting.boolean({
    label: 'Leave out what is not supported',
    description:
      'Read those streams of a manifest of Airbyte that can be taken whole; otherwise it is refused.',
    default: false,
  }),
  api_url: text('API address', 'The base address, without a manifest.'),
  auth_method: setting.option(['no_auth', 'api_key', 'basic', 'bearer_token', 'oauth'], {
    label: 'Authentication',
    description: 'How the tap shows who it is.',
    default: 'no_auth',
  }),
  api_keys: setting.object({ label: 'API keys', description: 'Headers and their keys, for api_key.' }),
  username: text('User name', 'For basic and oauth.'),
  password: secret('Password', 'For basic and oauth.'),
  bearer_token: secret('Bearer token', 'For bearer_token.'),
  access_token_url: text('Token address', 'Where oauth asks for tokens.'),
  grant_type: setting.option(['client_credentials', 'refresh_token', 'password'], {
    label: 'Grant',
    description: 'The kind of oauth.',
  }),
  client_id: text('Client id', 'For oauth.'),
  client_secret: secret('Client secret', 'For oauth.'),
  refresh_token: secret('Refresh token', 'For oauth.'),
  scope: text('Scope', 'For oauth.'),
  oauth_extras: setting.object({
    label: 'OAuth extras',
    description: 'Further members of the token request.',
  }),
  oauth_expiration_secs: setting.integer({
    label: 'Token lifetime',
    description: 'Seconds that a token lasts when the answer does not say so.',
  }),
  headers: setting.object({ label: 'Headers', description: 'Headers of every request.' }),
  params: setting.object({ label: 'Parameters', description: 'Query parameters of every stream.' }),
  path: text('Path', 'Path of streams that have none.'),
  records_path: text('Records path', 'JSONPath of the records in a page.'),
  primary_keys: setting.array({ label: 'Primary keys', description: 'Properties that name a record.' }),
  replication_key: text('Replication key', 'The property whose greatest value is the bookmark.'),
  start_date: setting.date({ label: 'Start date', description: 'Read what was changed since then.' }),
  source_search_field: text('Search parameter', 'The query parameter that takes the filter by time.'),
  source_search_query: text('Search query', 'The filter by time, with $last_run_date in it.'),
  num_inference_records: setting.integer({
    label: 'Records for inference',
    description: 'How many records a schema is inferred from.',
    default: 50,
  }),
  next_page_token_path: text('Next page path', 'JSONPath of the token for the next page.'),
  pagination_request_style: setting.option(paginationStyles, {
    label: 'Pagination of requests',
    description: 'How the next page is found.',
    default: 'default',
  }),
  pagination_response_style: setting.string({
    label: 'Pagination of responses',
    description: 'How the next page is asked for: page, offset, style1, header_link or hateoas_body.',
    default: 'default',
  }),
  pagination_page_size: setting.integer({ label: 'Page size', description: 'Records a page.' }),
  pagination_next_page_param: text('Page parameter', 'The query parameter of the page, token or offset.'),
  pagination_limit_per_page_param: text('Size parameter', 'The query parameter of the page’s size.'),
  pagination_total_limit_param: setting.string({
    label: 'Total member',
    description: 'The member of the body that holds the number of records.',
    default: 'total',
  }),
  pagination_initial_offset: setting.integer({
    label: 'First page',
    description: 'The first page’s number, or offset.',
    default: 1,
  }),
  backoff_type: setting.option(['header', 'message'], {
    label: 'Back-off',
    description: 'Where the server says how long to wait. The header Retry-After counts in any case.',
  }),
  backoff_param: setting.string({
    label: 'Back-off header',
    description: 'The response header with the seconds to wait.',
    default: 'Retry-After',
  }),
  streams: setting.array({
    label: 'Streams',
    description: 'Streams, each with name and what differs from the settings of the same names.',
  }),
});

/**
 * `manifest`, or the settings of the variant "widen" of tap-rest-api-msdk. A manifest may be an object, too. Beside it
 * settings are what the manifest says, though they be called as those are.
 */
export const restApiConfig: typeof declared = {
  ...declared,
  parse(given) {
    const { manifest } = given;
    if (manifest === undefined || manifest === null || manifest === '') return declared.parse(given);
    return declared.parse({
      ...besideManifest(given),
      manifest: isJsonObject(manifest) ? stringifyJson(manifest) : manifest,
    });
  },
};

/** A start date counts where it is one; the manifest may read it in a format of its own. */
function besideManifest(given: JsonObject): JsonObject {
  const own = Object.entries(given).filter(([name, value]) => {
    if (name === 'start_date') return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value);
    return name === 'leave_out_unsupported' || !Object.hasOwn(declared.settings, name);
  });
  return Object.fromEntries(own);
}

export type RestApiConfig = ConfigOf<(typeof declared)['settings']>;

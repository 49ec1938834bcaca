import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { RestApiConfig } from './config.ts';
import { restApiError } from './errors.ts';
import { msdkAuth } from './msdk-auth.ts';
import { msdkPagination } from './msdk-pagination.ts';

/** Settings of tap-rest-api-msdk that would change what is read and that have no counterpart here. */
const unsupported = [
  'use_request_body_not_params',
  'store_raw_json_message',
  'except_keys',
  'pagination_results_limit',
  'redirect_uri',
  'aws_credentials',
  'offset_records_jsonpath',
] as const;

/** The manifest that settings of tap-rest-api-msdk amount to. `given` are the settings as they came. */
export function msdkManifest(config: RestApiConfig, given: JsonObject): JsonObject {
  assertSupported(given, 'the settings');
  if (config.api_url === undefined) {
    throw restApiError('incomplete', {
      message: 'Neither "manifest" nor "api_url" is set',
      hint: 'set manifest to the file that describes the API, or api_url and streams',
    });
  }
  const streams = (config.streams ?? []).map((each, at) => streamSettings(each, at, { config, given }));
  return {
    api: {
      url: literal(config.api_url),
      ...msdkAuth(config),
      ...(config.headers === undefined ? {} : { headers: literal(config.headers) }),
      ...(config.backoff_type === 'header'
        ? { on_error: [{ status: [429, '5xx'], action: 'retry', wait_header: config.backoff_param }] }
        : {}),
    },
    streams: Object.fromEntries(streams.map(({ name, stream }) => [name, stream])),
  };
}

function assertSupported(given: JsonObject, place: string): void {
  const used = unsupported.filter((name) => isSet(given[name]));
  if (given['backoff_type'] === 'message') used.push('backoff_type: message' as never);
  if (used.length === 0) return;
  throw restApiError('not_supported', {
    message: `${place} of tap-rest-api-msdk have ${used.join(', ')}, which this tap does not do`,
    hint: 'leave them out, say it with a manifest (low-code.schema.json of @meltano/sdk describes it), or use tap-rest-api-msdk',
  });
}

function isSet(value: JsonValue | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

interface Settings {
  readonly config: RestApiConfig;
  readonly given: JsonObject;
}

function streamSettings(each: JsonValue, at: number, settings: Settings) {
  const own = isJsonObject(each) ? each : {};
  const name = own['name'];
  if (typeof name !== 'string' || name === '') {
    throw restApiError('incomplete', {
      message: `streams[${at}] has no name`,
      hint: 'give each stream a name',
    });
  }
  assertSupported(own, `streams[${at}]`);
  return { name, stream: streamManifest(own, settings) };
}

function streamManifest(own: JsonObject, { config, given }: Settings): JsonObject {
  const one = (name: keyof RestApiConfig) => own[name] ?? (config[name] as JsonValue | undefined);
  const both = (name: 'params' | 'headers', shared: JsonObject = {}) => ({
    ...shared,
    ...(isJsonObject(own[name]) ? own[name] : {}),
  });
  const keys = one('primary_keys');
  const replicationKey = one('replication_key');
  const schema = own['schema'];
  return {
    path: literal(one('path') ?? ''),
    params: {
      ...(literal(both('params', config.params)) as JsonObject),
      ...filterByTime(one, replicationKey),
    },
    headers: literal(both('headers')),
    records: one('records_path') ?? '$[*]',
    // There a missing member is an empty page.
    absent_is_empty: true,
    infer_from: one('num_inference_records') ?? 50,
    ...(Array.isArray(keys) ? { keys } : {}),
    ...(typeof replicationKey === 'string' ? { replication_key: replicationKey } : {}),
    ...(schema === undefined || schema === null ? {} : { schema }),
    ...msdkPagination(config, given, both('params', config.params)),
  };
}

/** As tap-rest-api-msdk does it: the filter where there is one, otherwise a wish for an order. */
function filterByTime(
  one: (name: keyof RestApiConfig) => JsonValue | undefined,
  replicationKey: JsonValue | undefined,
): JsonObject {
  const [field, query] = [one('source_search_field'), one('source_search_query')];
  if (typeof replicationKey !== 'string') return {};
  if (typeof field !== 'string' || typeof query !== 'string')
    return { sort: 'asc', order_by: literal(replicationKey) };
  const parts = JSON.stringify(query.split(/\$(?:last_run_date|\{last_run_date\})/));
  return { [field]: `{{ start and str(start).join(${parts}) }}` };
}

const openingBraces = '{{ "{" }}{{ "{" }}';

/** Settings are no templates: braces in them stay what they are. */
function literal(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replaceAll('{{', openingBraces);
  if (Array.isArray(value)) return value.map((each: JsonValue) => literal(each));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, literal(each)]));
}

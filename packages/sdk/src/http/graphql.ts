import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { TemplateSource } from '../tap/define-tap.ts';
import type { StreamContext, StreamTemplate } from '../tap/stream.ts';
import type { ErrorRule } from './error-policy.ts';
import type { HttpResponse } from './http-message.ts';
import { firstOf } from './json-path.ts';
import { shortened } from './refusal.ts';
import { type RestOptions, rest } from './rest.ts';

export interface GraphqlOptions<R>
  extends Omit<RestOptions<R>, 'path' | 'method' | 'json' | 'form' | 'since'> {
  /** A whole query with its variables: `query ($after: String) { … }`. */
  readonly query: string;
  readonly variables?: JsonObject | ((context: StreamContext) => JsonObject);
  /** Path of the endpoint below the API's address. Default: the address itself. */
  readonly path?: string;
}

/**
 * A stream read from a GraphQL API. An answer with `errors` and no records fails the stream; one with both is taken, as
 * GraphQL means it, with a warning. Rules of `onError` see such answers, too, e.g. `{ status: 200, body: /RATELIMITED/, action: 'retry' }`.
 */
export function graphql<R>(options: GraphqlOptions<R>): StreamTemplate<TemplateSource> {
  const { query, variables, path = '', onError = [], ...more } = options;
  return rest<R>({
    ...more,
    path,
    method: 'POST',
    json: (context) => ({
      query,
      variables: typeof variables === 'function' ? variables(context) : (variables ?? {}),
    }),
    onError: [...onError, ...graphqlRules(options.records)],
  } as RestOptions<R>);
}

/** GraphQL over HTTP: failures come with status 200, or with an error status and the same body. */
const graphqlRules = (records: RestOptions<unknown>['records']): readonly ErrorRule[] => [
  {
    status: ['2xx', '4xx'],
    when: (response) => errorsOf(response).some(isRateLimit),
    action: 'retry',
    message: 'too many requests',
  },
  {
    status: '2xx',
    when: (response) => errorsOf(response).length > 0 && !hasRecords(response.body, records),
    action: 'fail',
    message: 'the query is refused',
    hint: 'compare the query with the API’s schema',
  },
  {
    status: '2xx',
    when: (response) => errorsOf(response).length > 0,
    action: 'accept',
    message: (response) => `errors beside data, which may lack what they are about: ${firstError(response)}`,
  },
];

function firstError(response: HttpResponse): string {
  const [error, ...others] = errorsOf(response);
  const message = isJsonObject(error) ? error['message'] : undefined;
  const text = typeof message === 'string' ? shortened(message, 200) : 'without a message';
  return others.length === 0 ? text : `${text} (and ${others.length} more)`;
}

function errorsOf({ body }: HttpResponse): readonly JsonValue[] {
  const errors = isJsonObject(body) ? body['errors'] : undefined;
  return errors !== undefined && isJsonArray(errors) ? errors : [];
}

function isRateLimit(error: JsonValue): boolean {
  const extensions = isJsonObject(error) ? error['extensions'] : undefined;
  const codes = [
    isJsonObject(error) ? error['type'] : undefined,
    isJsonObject(extensions) ? extensions['code'] : undefined,
  ];
  return codes.some((code) => typeof code === 'string' && /^(RATE_?LIMITED|THROTTLED)$/i.test(code));
}

/** What an error is about is null: it may be the list of the records. */
function hasRecords(body: JsonValue | undefined, records: RestOptions<unknown>['records']): boolean {
  return hasData(body) && (typeof records !== 'string' || firstOf(records, body) !== undefined);
}

function hasData(body: JsonValue | undefined): boolean {
  const data = isJsonObject(body) ? body['data'] : undefined;
  return isJsonObject(data) && Object.values(data).some((value) => value !== null);
}

import type { JsonValue } from '@meltano/foundation/json';
import type { TemplateSource } from '../tap/define-tap.ts';
import type { SendOptions } from './client.ts';
import { clientOf } from './client-of.ts';
import type { HttpResponse, RequestParams } from './http-message.ts';
import { labelOf } from './refusal.ts';

export interface ApiRequest extends Omit<SendOptions, 'signal' | 'decode'> {
  /** Makes JSON of what a success brings. */
  readonly decode?: (response: HttpResponse) => JsonValue;
  /** Path below the API's address, or a whole address of its host. */
  readonly path: string;
  /** Default GET. */
  readonly method?: string;
  readonly params?: RequestParams;
  readonly headers?: Readonly<Record<string, string>>;
  /** At most one of the three. */
  readonly json?: JsonValue;
  readonly form?: Readonly<Record<string, string>>;
  readonly text?: string;
  /** How much of the rate limits it takes. Default 1. */
  readonly cost?: number;
}

/** Sends single requests to the API of a tap. */
export interface ApiClient {
  /**
   * With the credentials, rate limits, retries and rules of the tap's `http`. Resolves with what a rule accepts, skips or
   * stops at, too; throws an `AppError` for what is refused.
   */
  send(request: ApiRequest, signal: AbortSignal): Promise<HttpResponse>;
}

/**
 * The client that the streams of `rest` and `graphql` share, for a stream of one's own beside them: reports that are
 * ordered, waited for and fetched, and whatever else is more than pages.
 */
export function apiClient(source: TemplateSource, stream: string): ApiClient {
  const client = clientOf(source, stream);
  return {
    async send({ path, method = 'GET', params = {}, headers = {}, onError, retry, decode, ...more }, signal) {
      const request = { ...more, method, url: path, followed: true, label: labelOf(path), params, headers };
      return (await client.send(request, { signal, onError, retry, decode })).response;
    },
  };
}

import type { Clock } from '@meltano/foundation/clock';
import type { Log } from '@meltano/foundation/log';
import type { ConnectorContext, TokenStore } from '../../connector.ts';
import type { RetryOptions } from '../error-policy.ts';
import type { HttpRequest } from '../http-message.ts';

/** What an authenticator may use. */
export interface AuthContext {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly tokens: TokenStore | undefined;
  /** Those of the API count for its sign-in, too. */
  readonly retry?: RetryOptions | undefined;
  /** Milliseconds; a sign-in takes a minute at most. */
  readonly timeout?: number | undefined;
  readonly hide?: ConnectorContext['hide'] | undefined;
}

/** Puts credentials on requests: a function is enough; `refresh` is called after an answer says they are not good. */
export type Authenticator =
  | ((request: HttpRequest, context: AuthContext) => HttpRequest | Promise<HttpRequest>)
  | RenewableAuthenticator;

export interface RenewableAuthenticator {
  apply(request: HttpRequest, context: AuthContext): HttpRequest | Promise<HttpRequest>;
  /** Renews the credentials. Calls that come while one is under way wait for it. */
  refresh(context: AuthContext): Promise<void>;
}

export function withHeaders(request: HttpRequest, headers: Readonly<Record<string, string>>): HttpRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

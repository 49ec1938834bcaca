import type { JsonObject } from '@meltano/foundation/json';
import type { Authenticator } from '../http/auth/authenticator.ts';
import {
  type OAuthOptions,
  oauthClientCredentials,
  oauthJwt,
  oauthPassword,
  oauthRefreshToken,
} from '../http/auth/oauth.ts';
import { apiKey, basic, bearer } from '../http/auth/static.ts';
import type { ErrorRule, StatusPattern } from '../http/error-policy.ts';
import type { RequestParams } from '../http/http-message.ts';
import type { HttpOptions } from '../http/http-options.ts';
import { type Compiling, requiredText, settled, settledTexts } from './compiling.ts';
import { manifestError } from './errors.ts';
import type { ApiManifest, ErrorManifest } from './manifest.ts';

/** How the API is reached. */
export function httpOf(api: ApiManifest, compiling: Compiling): HttpOptions {
  const { rate_limits: limits, concurrency, timeout, retry, on_error: rules = [], auth } = api;
  return {
    baseUrl: requiredText(api.url, 'api.url', compiling),
    headers: settledTexts(api.headers, 'api.headers', compiling),
    params: settled(api.params ?? {}, 'api.params', compiling) as RequestParams,
    ...(auth === undefined ? {} : { auth: authOf(auth, compiling) }),
    ...(limits === undefined
      ? {}
      : { rateLimits: limits.map(({ requests, seconds }) => ({ requests, interval: seconds * 1_000 })) }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeout === undefined ? {} : { timeout: timeout * 1_000 }),
    ...(retry === undefined ? {} : { retry: retryOf(retry) }),
    onError: rules.map(errorRuleOf),
  };
}

function retryOf({ attempts, wait, max_wait: max }: NonNullable<ApiManifest['retry']>) {
  return {
    ...(attempts === undefined ? {} : { attempts }),
    ...(wait === undefined ? {} : { base: wait * 1_000 }),
    ...(max === undefined ? {} : { max: max * 1_000 }),
  };
}

/** A rule of `on_error`. */
export function errorRuleOf(rule: ErrorManifest): ErrorRule {
  const { status, body, action, message, hint, wait, wait_header: header } = rule;
  return {
    action,
    ...(status === undefined ? {} : { status: status as StatusPattern | readonly StatusPattern[] }),
    ...(body === undefined ? {} : { body: new RegExp(body) }),
    ...(message === undefined ? {} : { message }),
    ...(hint === undefined ? {} : { hint }),
    ...(wait === undefined && header === undefined
      ? {}
      : {
          wait: ({ headers }) => {
            const asked = Number((header === undefined ? null : headers.get(header)) ?? wait ?? Number.NaN);
            return Number.isFinite(asked) ? asked * 1_000 : undefined;
          },
        }),
  };
}

function authOf(auth: JsonObject & { readonly type: string }, compiling: Compiling): Authenticator {
  const need = (name: string) => requiredText(auth[name], `api.auth.${name}`, compiling);
  const maybe = (name: string): string | undefined => {
    const value = settled(auth[name] ?? null, `api.auth.${name}`, compiling);
    return value === null || value === '' ? undefined : String(value);
  };
  switch (auth.type) {
    case 'bearer':
      return bearer(need('token'), maybe('scheme'));
    case 'basic':
      return basic(need('username'), maybe('password'));
    case 'api_key':
      return apiKey(keyPlace(maybe('header'), maybe('param')), need('key'));
    case 'oauth_client_credentials':
      return oauthClientCredentials(oauthOf(auth, need, maybe, compiling));
    case 'oauth_refresh_token':
      return oauthRefreshToken({
        ...oauthOf(auth, need, maybe, compiling),
        refreshToken: need('refresh_token'),
      });
    case 'oauth_password':
      return oauthPassword({
        ...oauthOf(auth, need, maybe, compiling),
        username: need('username'),
        password: need('password'),
      });
    default: {
      const [subject, audience] = [maybe('subject'), maybe('audience')];
      return oauthJwt({
        ...oauthOf(auth, need, maybe, compiling),
        privateKey: need('private_key'),
        passphrase: maybe('passphrase'),
        ...(subject === undefined ? {} : { subject }),
        ...(audience === undefined ? {} : { audience }),
      });
    }
  }
}

function keyPlace(header: string | undefined, param: string | undefined) {
  if (header !== undefined && param === undefined) return { header };
  if (param !== undefined && header === undefined) return { param };
  throw manifestError('invalid', {
    message: 'api.auth needs exactly one of "header" and "param"',
    hint: 'say where the key goes',
  });
}

function oauthOf(
  auth: JsonObject,
  need: (name: string) => string,
  maybe: (name: string) => string | undefined,
  compiling: Compiling,
): OAuthOptions {
  const lifetime = auth['lifetime'];
  return {
    tokenUrl: need('token_url'),
    clientId: need('client_id'),
    clientSecret: maybe('client_secret'),
    scope: maybe('scope'),
    extra: settledTexts(auth['extra'] as JsonObject | undefined, 'api.auth.extra', compiling),
    credentials: auth['credentials'] === 'basic' ? 'basic' : 'body',
    ...(typeof lifetime === 'number' ? { lifetime } : {}),
  };
}

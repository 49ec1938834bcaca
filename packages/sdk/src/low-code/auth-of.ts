import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { type Authenticator, withHeaders } from '../http/auth/authenticator.ts';
import {
  type OAuthOptions,
  oauthClientCredentials,
  oauthDevice,
  oauthJwt,
  oauthPassword,
  oauthRefreshToken,
} from '../http/auth/oauth.ts';
import { apiKey, basic, bearer } from '../http/auth/static.ts';
import { type Compiling, requiredText, settled, settledTexts } from './compiling.ts';
import { manifestError } from './errors.ts';
import { type JwtAlgorithm, jwtAuth } from './jwt-auth.ts';
import type { AuthManifest } from './manifest.ts';
import { sessionAuth } from './session-auth.ts';

/** Makes an authenticator of `auth`; undefined where nothing is shown. What is secret is hidden from then on. */
export function authOf(auth: AuthManifest, label: string, compiling: Compiling): Authenticator | undefined {
  const values = valuesOf(auth, label, compiling);
  const { need, maybe } = values;
  switch (auth.type) {
    case 'none':
      return undefined;
    case 'bearer':
      return bearer(need('token'), maybe('scheme'));
    case 'basic':
      return basic(maybe('username') ?? '', maybe('password'));
    case 'api_key':
      return keyAuth(label, need('key'), values);
    case 'api_keys':
      return keysAuth(auth, label, compiling);
    case 'select':
      return selected(auth, label, compiling);
    case 'session':
      return sessionAuth(auth, label, compiling, (inner) =>
        authOf(inner, `${label}.request.auth`, compiling),
      );
    case 'jwt':
      return jwtAuth({
        key: need('key'),
        algorithm: (maybe('algorithm') ?? 'HS256') as JwtAlgorithm,
        claims: objectOf(settled(auth['claims'] ?? {}, `${label}.claims`, compiling)),
        headers: objectOf(settled(auth['headers'] ?? {}, `${label}.headers`, compiling)),
        lifetime: Number(auth['lifetime'] ?? 1_200),
        scheme: maybe('scheme') ?? 'Bearer',
      });
    default:
      return oauthOf(auth, label, compiling, values);
  }
}

interface Values {
  /** A text that must be there. */
  need(name: string): string;
  maybe(name: string): string | undefined;
}

/** Members of `auth` whose values are credentials. */
export const secretMembers: ReadonlySet<string> = new Set(
  'token key password client_secret refresh_token private_key passphrase'.split(' '),
);

function valuesOf(auth: AuthManifest, label: string, compiling: Compiling): Values {
  const hidden = (name: string, value: string) => {
    if (secretMembers.has(name)) compiling.hide(value);
    return value;
  };
  return {
    need: (name) => hidden(name, requiredText(auth[name], `${label}.${name}`, compiling)),
    maybe(name) {
      const value = settled(auth[name] ?? null, `${label}.${name}`, compiling);
      return value === null || value === '' ? undefined : hidden(name, String(value));
    },
  };
}

function keyAuth(label: string, key: string, { maybe }: Values): Authenticator {
  const [header, param, json, form] = [maybe('header'), maybe('param'), maybe('json'), maybe('form')];
  if ([header, param, json, form].filter((each) => each !== undefined).length !== 1) {
    throw manifestError('invalid', {
      message: `${label} needs exactly one of "header", "param", "json" and "form"`,
      hint: 'say where the key goes',
      details: { path: label },
    });
  }
  if (header !== undefined) return apiKey({ header }, key);
  if (param !== undefined) return apiKey({ param }, key);
  if (form !== undefined) return (request) => ({ ...request, form: { ...request.form, [form]: key } });
  return (request) => ({
    ...request,
    json: { ...(isJsonObject(request.json ?? null) ? (request.json as JsonObject) : {}), [json ?? '']: key },
  });
}

function keysAuth(auth: AuthManifest, label: string, compiling: Compiling): Authenticator {
  const headers = Object.entries(objectOf(auth['headers'] ?? null)).map(([name, key]) => {
    const value = requiredText(key, `${label}.headers.${name}`, compiling);
    compiling.hide(value);
    return [name, value] as const;
  });
  return (request) => withHeaders(request, Object.fromEntries(headers));
}

function selected(auth: AuthManifest, label: string, compiling: Compiling): Authenticator | undefined {
  const ways = objectOf(auth['from'] ?? null);
  const name = requiredText(auth['by'], `${label}.by`, compiling);
  const way = Object.hasOwn(ways, name) ? ways[name] : undefined;
  if (way !== undefined) return authOf(way as AuthManifest, `${label}.from.${name}`, compiling);
  throw manifestError('invalid', {
    message: `${label}.by is "${name}", which is no way to sign in`,
    hint: `set what it refers to, ${String(auth['by'])}, to one of ${Object.keys(ways).join(', ')}`,
    details: { path: `${label}.by` },
  });
}

function oauthOf(
  auth: AuthManifest,
  label: string,
  compiling: Compiling,
  { need, maybe }: Values,
): Authenticator {
  const lifetime = auth['lifetime'];
  const options: OAuthOptions = {
    tokenUrl: need('token_url'),
    clientId: need('client_id'),
    clientSecret: maybe('client_secret'),
    scope: maybe('scope'),
    extra: settledTexts(auth['extra'] as JsonObject | undefined, `${label}.extra`, compiling),
    credentials: auth['credentials'] === 'basic' ? 'basic' : 'body',
    ...(typeof lifetime === 'number' ? { lifetime } : {}),
  };
  switch (auth.type) {
    case 'oauth_client_credentials':
      return oauthClientCredentials(options);
    case 'oauth_refresh_token':
      return oauthRefreshToken({ ...options, refreshToken: need('refresh_token') });
    case 'oauth_password':
      return oauthPassword({ ...options, username: need('username'), password: need('password') });
    case 'oauth_device':
      return oauthDevice({ ...options, deviceUrl: need('device_url') });
    default: {
      const [subject, audience] = [maybe('subject'), maybe('audience')];
      return oauthJwt({
        ...options,
        privateKey: need('private_key'),
        passphrase: maybe('passphrase'),
        ...(subject === undefined ? {} : { subject }),
        ...(audience === undefined ? {} : { audience }),
      });
    }
  }
}

function objectOf(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}

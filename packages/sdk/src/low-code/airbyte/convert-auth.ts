import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { secondsOf } from './convert-duration.ts';
import { addressOf, injected } from './convert-request.ts';
import { convertExpression, convertTemplates } from './convert-template.ts';
import { at, listOf, member, note, objectOf, type Place, refuse, typeOf } from './problem.ts';

/** `auth` of the API, which is at `address`; undefined where none is needed. */
export function convertAuth(
  auth: JsonValue | undefined,
  place: Place,
  address: string,
): JsonObject | undefined {
  if (!isJsonObject(auth ?? null)) return undefined;
  const given = objectOf(auth);
  const text = (name: string) => convertTemplates(given[name] ?? '', at(place, name));
  switch (given['type']) {
    case 'NoAuth':
      return undefined;
    case 'BearerAuthenticator':
      return { type: 'bearer', token: text('api_token') };
    case 'BasicHttpAuthenticator':
      return { type: 'basic', username: text('username'), password: text('password') };
    case 'ApiKeyAuthenticator':
      return apiKey(given, text('api_token'), place);
    case 'OAuthAuthenticator':
      return oauth(given, text, place);
    case 'SelectiveAuthenticator':
      return selective(given, place, address);
    case 'SessionTokenAuthenticator':
      return session(given, place);
    case 'JwtAuthenticator':
      return jwt(given, text, place);
    case 'LegacySessionTokenAuthenticator':
      return legacySession(given, text, address);
    default:
      note(place, typeOf(given), 'this way to sign in is not supported');
      return undefined;
  }
}

function apiKey(auth: JsonObject, key: JsonValue, place: Place): JsonObject {
  const { header, inject_into: option } = auth;
  if (typeof header === 'string' && header !== '') return { type: 'api_key', key, header };
  return { type: 'api_key', key, ...keyPlace(option, at(place, 'inject_into')) };
}

function keyPlace(option: JsonValue | undefined, place: Place): JsonObject {
  const found = injected(option, place);
  if (found === undefined) return {};
  const names = { headers: 'header', params: 'param', json: 'json', form: 'form' } as const;
  return { [names[found.part]]: found.name };
}

const usualNames: Readonly<Record<string, string>> = {
  access_token_name: 'access_token',
  client_id_name: 'client_id',
  client_secret_name: 'client_secret',
  refresh_token_name: 'refresh_token',
  grant_type_name: 'grant_type',
};

function oauth(auth: JsonObject, text: (name: string) => JsonValue, place: Place): JsonObject {
  refuse(auth, ['use_profile_assertion', 'profile_assertion', 'send_refresh_request_as_query_params'], place);
  for (const [name, usual] of Object.entries(usualNames))
    if (auth[name] !== undefined && auth[name] !== usual)
      note(at(place, name), 'OAuthAuthenticator', `only ${usual} is supported`);
  const scopes = listOf(auth['scopes']);
  const extra = auth['refresh_request_body'];
  // The name of the member is theirs, not that of RFC 6749.
  const more = {
    ...(scopes.length === 0 ? {} : { scopes: scopes.join(' ') }),
    ...textMembers(isJsonObject(extra ?? null) ? objectOf(text('refresh_request_body')) : {}),
  };
  const client = {
    token_url: text('token_refresh_endpoint'),
    client_id: text('client_id'),
    client_secret: text('client_secret'),
    ...(Object.keys(more).length === 0 ? {} : { extra: more }),
    ...tokenHeaders(auth['refresh_request_headers'], at(place, 'refresh_request_headers')),
  };
  const grant = auth['grant_type'] ?? 'refresh_token';
  if (grant === 'client_credentials') return { type: 'oauth_client_credentials', ...client };
  if (grant === 'password' && isJsonObject(extra ?? null)) return withPassword(client);
  if (grant !== 'refresh_token')
    note(at(place, 'grant_type'), 'OAuthAuthenticator', `the grant ${String(grant)} is not supported`);
  return { type: 'oauth_refresh_token', ...client, refresh_token: text('refresh_token') };
}

function textMembers(given: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : stringifyJson(value),
    ]),
  );
}

/** There name and password stand among the further members of the token request. */
function withPassword({ extra, ...client }: JsonObject): JsonObject {
  const { username, password, ...rest } = objectOf(extra);
  return {
    type: 'oauth_password',
    ...client,
    ...member('username', username),
    ...member('password', password),
    ...(Object.keys(rest).length === 0 ? {} : { extra: rest }),
  };
}

/** Id and secret as `Basic`; a type of content is the usual one. */
function tokenHeaders(headers: JsonValue | undefined, place: Place): JsonObject {
  let made: JsonObject = {};
  for (const [name, value] of Object.entries(objectOf(headers))) {
    if (/^authorization$/i.test(name) && /^Basic \{\{[\s\S]*\|\s*base64encode\s*\}\}$/.test(String(value)))
      made = { credentials: 'basic' };
    else if (!/^(content-type|accept)$/i.test(name))
      note(at(place, name), 'OAuthAuthenticator', 'headers of the token request are not supported');
  }
  return made;
}

function selective(auth: JsonObject, place: Place, address: string): JsonObject {
  const path = listOf(auth['authenticator_selection_path']).map((name) => `[${JSON.stringify(name)}]`);
  const ways = Object.entries(objectOf(auth['authenticators'])).map(([name, each]) => {
    const here = at(place, 'authenticators', name);
    const made = convertAuth(each, here, address) ?? { type: 'none' };
    if (made['type'] === 'session' || made['type'] === 'select')
      note(here, typeOf(each), 'it is not supported inside of a SelectiveAuthenticator');
    return [name, made] as const;
  });
  return { type: 'select', by: `{{ config${path.join('')} }}`, from: Object.fromEntries(ways) };
}

function session(auth: JsonObject, place: Place): JsonObject {
  const login = objectOf(auth['login_requester']);
  const here = at(place, 'login_requester');
  const inner = convertAuth(login['authenticator'], at(here, 'authenticator'), addressOf(login));
  const part = (name: string, target: string): JsonObject => {
    const value = login[name];
    if (!isJsonObject(value ?? null)) return {};
    return Object.keys(objectOf(value)).length === 0
      ? {}
      : { [target]: convertTemplates(value ?? {}, at(here, name)) };
  };
  if (inner?.['type'] === 'session' || inner?.['type'] === 'select')
    note(at(here, 'authenticator'), typeOf(login['authenticator']), 'it is not supported here');
  const { inject_into: option, type: way } = objectOf(auth['request_authentication']);
  const lifetime = auth['expiration_duration'];
  const seconds = typeof lifetime === 'string' ? secondsOf(lifetime, 'shortest') : undefined;
  if (typeof lifetime === 'string' && seconds === undefined)
    note(
      at(place, 'expiration_duration'),
      'SessionTokenAuthenticator',
      `the span ${lifetime} is not supported`,
    );
  return {
    type: 'session',
    request: {
      url: convertTemplates(addressOf(login), at(here, 'url_base')),
      method: String(login['http_method'] ?? 'GET').toUpperCase(),
      ...part('request_parameters', 'params'),
      ...part('request_headers', 'headers'),
      ...part('request_body_json', 'json'),
      ...part('request_body_data', 'form'),
      ...member('auth', inner),
    },
    from: `$${listOf(auth['session_token_path'])
      .map((name) => `[${JSON.stringify(name)}]`)
      .join('')}`,
    ...(way === 'ApiKey' ? keyPlace(option, at(place, 'request_authentication', 'inject_into')) : {}),
    ...member('lifetime', seconds),
  };
}

/** A token of the settings is not looked at: one is asked for. */
function legacySession(auth: JsonObject, text: (name: string) => JsonValue, address: string): JsonObject {
  const login = addressOf({ url_base: address, path: auth['login_url'] ?? '' });
  return {
    type: 'session',
    request: {
      url: convertTemplates(login, { path: '', problems: [] }),
      json: { username: text('username'), password: text('password') },
    },
    from: `$[${JSON.stringify(String(auth['session_token_response_key']))}]`,
    header: String(auth['header']),
  };
}

function jwt(auth: JsonObject, text: (name: string) => JsonValue, place: Place): JsonObject {
  refuse(auth, ['request_option', 'passphrase'], place);
  const { algorithm = 'HS256', token_duration: lifetime, header_prefix: scheme } = auth;
  if (!/^(HS|RS)(256|384|512)$|^ES(256|384)$/.test(String(algorithm)))
    note(at(place, 'algorithm'), 'JwtAuthenticator', `the algorithm ${String(algorithm)} is not supported`);
  const both = (name: string) => ({ ...objectOf(text(name)), ...objectOf(text(`additional_${name}`)) });
  const { alg: _, ...headers } = both('jwt_headers');
  return {
    type: 'jwt',
    key: auth['base64_encode_secret_key'] === true ? encodedKey(auth, place) : text('secret_key'),
    algorithm,
    claims: both('jwt_payload'),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(typeof lifetime === 'number' ? { lifetime } : {}),
    ...(typeof scheme === 'string' ? { scheme } : {}),
  };
}

function encodedKey(auth: JsonObject, place: Place): JsonValue {
  const here = at(place, 'secret_key');
  return `{{ base64_encode(${convertExpression(String(auth['secret_key']), here) ?? '""'}) }}`;
}

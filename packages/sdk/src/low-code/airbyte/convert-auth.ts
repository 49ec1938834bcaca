import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { convertTemplates } from './convert-template.ts';
import { at, note, objectOf, onlyKnown, type Place, typeOf } from './problem.ts';

/** `auth` of the API; undefined where none is needed. */
export function convertAuth(auth: JsonValue | undefined, place: Place): JsonObject | undefined {
  if (!isJsonObject(auth)) return undefined;
  const text = (name: string) => convertTemplates(auth[name] ?? '', at(place, name));
  switch (auth['type']) {
    case 'NoAuth':
      return undefined;
    case 'BearerAuthenticator':
      onlyKnown(auth, ['api_token'], place);
      return { type: 'bearer', token: text('api_token') };
    case 'BasicHttpAuthenticator':
      onlyKnown(auth, ['username', 'password'], place);
      return { type: 'basic', username: text('username'), password: text('password') };
    case 'ApiKeyAuthenticator':
      return apiKey(auth, text('api_token'), place);
    case 'OAuthAuthenticator':
      return oauth(auth, text, place);
    default:
      note(place, typeOf(auth), 'this way to sign in is not supported');
      return undefined;
  }
}

function apiKey(auth: JsonObject, key: JsonValue, place: Place): JsonObject {
  onlyKnown(auth, ['api_token', 'header', 'inject_into'], place);
  const { inject_into: into, field_name: name } = objectOf(auth['inject_into']);
  const header = auth['header'] ?? (into === 'header' ? name : undefined);
  if (typeof header === 'string') return { type: 'api_key', key, header };
  if (into === 'request_parameter' && typeof name === 'string') return { type: 'api_key', key, param: name };
  note(place, 'ApiKeyAuthenticator', 'the key must go into a header or a query parameter');
  return { type: 'api_key', key };
}

function oauth(auth: JsonObject, text: (name: string) => JsonValue, place: Place): JsonObject {
  const known = [
    'token_refresh_endpoint',
    'client_id',
    'client_secret',
    'refresh_token',
    'grant_type',
    'scopes',
  ];
  onlyKnown(
    auth,
    [...known, 'refresh_request_body', 'access_token_name', 'expires_in_name', 'refresh_token_updater'],
    place,
  );
  const names = { access_token_name: 'access_token', expires_in_name: 'expires_in' };
  for (const [name, usual] of Object.entries(names))
    if (auth[name] !== undefined && auth[name] !== usual)
      note(at(place, name), 'OAuthAuthenticator', `only ${usual} is supported`);
  const scopes = auth['scopes'];
  const client = {
    token_url: text('token_refresh_endpoint'),
    client_id: text('client_id'),
    client_secret: text('client_secret'),
    ...(isJsonArray(scopes) ? { scope: scopes.join(' ') } : {}),
    ...(isJsonObject(auth['refresh_request_body']) ? { extra: text('refresh_request_body') } : {}),
  };
  const grant = auth['grant_type'] ?? 'refresh_token';
  if (grant === 'client_credentials') return { type: 'oauth_client_credentials', ...client };
  if (grant !== 'refresh_token')
    note(at(place, 'grant_type'), 'OAuthAuthenticator', `the grant ${String(grant)} is not supported`);
  return { type: 'oauth_refresh_token', ...client, refresh_token: text('refresh_token') };
}

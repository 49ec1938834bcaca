import type { JsonObject } from '@meltano/foundation/json';
import type { RestApiConfig } from './config.ts';
import { restApiError } from './errors.ts';

/** `auth` of the manifest, or headers with keys. Secrets stay in the settings: the manifest refers to them. */
export function msdkAuth(config: RestApiConfig): JsonObject {
  switch (config.auth_method) {
    case 'basic':
      return {
        auth: { type: 'basic', username: '{{ config.username }}', password: '{{ config.password }}' },
      };
    case 'bearer_token':
      return { auth: { type: 'bearer', token: '{{ config.bearer_token }}' } };
    case 'api_key':
      return { auth: apiKeyAuth(config.api_keys ?? {}) };
    case 'oauth':
      return { auth: oauth(config) };
    default:
      return {};
  }
}

function apiKeyAuth(keys: JsonObject): JsonObject {
  const names = Object.keys(keys);
  if (names.length === 0) {
    throw restApiError('incomplete', {
      message: 'api_keys must name a header with its key, and names none',
      hint: 'write it like {"X-Api-Key": "…"}',
    });
  }
  const headers = names.map((name) => [name, `{{ config.api_keys[${JSON.stringify(name)}] }}`]);
  return { type: 'api_keys', headers: Object.fromEntries(headers) };
}

function oauth({ grant_type: grant, oauth_extras: extra, oauth_expiration_secs: lifetime }: RestApiConfig) {
  const client = {
    token_url: '{{ config.access_token_url }}',
    client_id: '{{ config.client_id }}',
    client_secret: '{{ config.client_secret }}',
    scope: '{{ config.scope }}',
    ...(extra === undefined
      ? {}
      : {
          extra: Object.fromEntries(
            Object.keys(extra).map((name) => [name, `{{ config.oauth_extras[${JSON.stringify(name)}] }}`]),
          ),
        }),
    ...(lifetime === undefined ? {} : { lifetime }),
  };
  switch (grant) {
    case 'refresh_token':
      return { type: 'oauth_refresh_token', ...client, refresh_token: '{{ config.refresh_token }}' };
    case 'password': {
      const user = { username: '{{ config.username }}', password: '{{ config.password }}' };
      return { type: 'oauth_password', ...client, ...user };
    }
    case 'client_credentials':
      return { type: 'oauth_client_credentials', ...client };
    case undefined:
      throw restApiError('incomplete', {
        message: 'auth_method oauth needs grant_type',
        hint: 'set it to client_credentials, refresh_token or password',
      });
  }
}

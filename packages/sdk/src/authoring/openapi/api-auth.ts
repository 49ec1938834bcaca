import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { type AuthParts, authParts } from '../create/auth-parts.ts';
import type { ApiDocument } from './api-document.ts';
import { quoted } from './quoted.ts';

/** How requests are let in, from the first security scheme that the SDK has an answer to. */
export function apiAuth({ securitySchemes, baseUrl }: ApiDocument): {
  readonly parts: AuthParts;
  /** What could not be taken over. */
  readonly note: string | undefined;
} {
  for (const scheme of securitySchemes) {
    const parts = partsOf(scheme, baseUrl);
    if (parts !== undefined) return { parts, note: undefined };
  }
  const kinds = securitySchemes.map((scheme) => String(scheme['type'])).join(', ');
  const note = kinds === '' ? undefined : `authentication: ${kinds} is not known; write an authenticator`;
  return { parts: authParts('none'), note };
}

function partsOf(scheme: JsonObject, baseUrl: string | undefined): AuthParts | undefined {
  const { type, name, in: place } = scheme;
  switch (type) {
    case 'basic':
      return authParts('basic');
    case 'http': {
      const kind = String(scheme['scheme']).toLowerCase();
      return kind === 'bearer' || kind === 'basic' ? authParts(kind) : undefined;
    }
    case 'apiKey':
      return typeof name === 'string' && (place === 'header' || place === 'query')
        ? keyParts(place === 'query' ? 'param' : 'header', name)
        : undefined;
    case 'oauth2':
      return oauthParts(scheme, baseUrl);
    default:
      return undefined;
  }
}

function keyParts(place: 'header' | 'param', name: string): AuthParts {
  // Swagger has no bearer tokens: they are written as a key in this header.
  if (place === 'header' && name.toLowerCase() === 'authorization') return authParts('bearer');
  return {
    ...authParts('api-key'),
    http: `\n    auth: apiKey({ ${place}: ${quoted(name)} }, config.api_key),`,
  };
}

function oauthParts(scheme: JsonObject, baseUrl: string | undefined): AuthParts | undefined {
  const flows = isJsonObject(scheme['flows']) ? scheme['flows'] : { [String(scheme['flow'])]: scheme };
  const client = flows['clientCredentials'] ?? flows['application'];
  const person = flows['authorizationCode'] ?? flows['accessCode'] ?? flows['password'];
  const flow = client ?? person;
  const url = isJsonObject(flow) ? flow['tokenUrl'] : undefined;
  if (typeof url !== 'string') return undefined;
  const whole = URL.canParse(url, baseUrl) ? new URL(url, baseUrl).href : url;
  const all = authParts('oauth');
  const http = all.http.replace(/tokenUrl: .*/, () => `tokenUrl: ${quoted(whole)},`);
  if (client === undefined) return { ...all, http };
  const { refresh_token: _, ...example } = all.example;
  return {
    imports: ['oauthClientCredentials'],
    settings: all.settings
      .split('\n')
      .filter((line) => !line.includes('refresh_token'))
      .join('\n'),
    http: http.replace('oauthRefreshToken', 'oauthClientCredentials').replace(/\n +refreshToken: .*/, ''),
    example,
  };
}

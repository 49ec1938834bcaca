import type { Auth } from './project-choice.ts';

export interface AuthParts {
  readonly imports: readonly string[];
  /** Lines of the settings. */
  readonly settings: string;
  /** The member of `http`, with its line break before it. */
  readonly http: string;
  /** A configuration for the recording. */
  readonly example: Readonly<Record<string, string>>;
}

const secret = (name: string, label: string, description: string) =>
  `  ${name}: setting.secret({ label: '${label}', description: '${description}', required: true }),\n`;
const text = (name: string, label: string, description: string) =>
  `  ${name}: setting.string({ label: '${label}', description: '${description}', required: true }),\n`;

const parts: Readonly<Record<Auth, AuthParts>> = {
  bearer: {
    imports: ['bearer'],
    settings: secret('token', 'Token', 'An access token.'),
    http: '\n    auth: bearer(config.token),',
    example: { token: 'secret-token' },
  },
  basic: {
    imports: ['basic'],
    settings:
      text('username', 'User name', 'The name to log in with.') +
      secret('password', 'Password', 'Its password.'),
    http: '\n    auth: basic(config.username, config.password),',
    example: { username: 'ada', password: 'secret-password' },
  },
  'api-key': {
    imports: ['apiKey'],
    settings: secret('api_key', 'API key', 'A key of the API.'),
    http: "\n    auth: apiKey({ header: 'x-api-key' }, config.api_key),",
    example: { api_key: 'secret-key' },
  },
  oauth: {
    imports: ['oauthRefreshToken'],
    settings:
      text('client_id', 'Client ID', 'The id of the OAuth client.') +
      secret('client_secret', 'Client secret', 'The secret of the OAuth client.') +
      secret(
        'refresh_token',
        'Refresh token',
        'The first refresh token; later ones are kept with --tokens FILE.',
      ),
    http: `
    auth: oauthRefreshToken({
      tokenUrl: \`\${config.api_url}/oauth/token\`,
      clientId: config.client_id,
      clientSecret: config.client_secret,
      refreshToken: config.refresh_token,
    }),`,
    example: { client_id: 'client', client_secret: 'secret-client', refresh_token: 'secret-refresh' },
  },
  none: { imports: [], settings: '', http: '', example: {} },
};

export function authParts(auth: Auth): AuthParts {
  return parts[auth];
}

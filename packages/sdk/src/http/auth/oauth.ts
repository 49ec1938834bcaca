import { createSign } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { createHiding } from '../credentials.ts';
import { httpError } from '../errors.ts';
import { type AuthContext, type RenewableAuthenticator, withHeaders } from './authenticator.ts';
import { originOf, requestSignIn } from './request-sign-in.ts';

export interface OAuthOptions {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly scope?: string | undefined;
  /** Further members of the token request, e.g. `audience`. */
  readonly extra?: Readonly<Record<string, string>>;
  /** Where the client's id and secret go. Default `body`. */
  readonly credentials?: 'body' | 'basic';
  /** The word before the token in the header `Authorization`. Default `Bearer`. */
  readonly scheme?: string;
  /** Headers of the token request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How the token request is written. Default `form`, as RFC 6749 has it. */
  readonly body?: 'form' | 'json';
  /** Seconds that a token lasts when the answer does not say so. Default: until it is refused. */
  readonly lifetime?: number;
}

/** A token is renewed so many milliseconds before it ends, or when half of its time is over where that is later. */
const margin = 60_000;

/** Grant `client_credentials`: the tap is a client of its own, without a user. */
export function oauthClientCredentials(options: OAuthOptions): RenewableAuthenticator {
  return oauth(options, async () => ({ grant_type: 'client_credentials' }));
}

/** Grant `password`, for APIs that have nothing else. */
export function oauthPassword(
  options: OAuthOptions & { readonly username: string; readonly password: string },
): RenewableAuthenticator {
  const { username, password } = options;
  return oauth(options, async () => ({ grant_type: 'password', username, password }));
}

/**
 * Grant `refresh_token`. A server that gives a new refresh token with each access token makes the old one invalid:
 * the new one is put into the token store before the access token is used, and is taken from there by the next run.
 */
export function oauthRefreshToken(
  options: OAuthOptions & { readonly refreshToken: string },
): RenewableAuthenticator {
  const rotation = createRotation(options, () => options.refreshToken);
  return oauth(options, rotation.grant, rotation.keep);
}

/** Grant `jwt-bearer` (RFC 7523), signed with RS256. */
export function oauthJwt(
  options: OAuthOptions & {
    readonly privateKey: string;
    readonly passphrase?: string | undefined;
    readonly subject?: string;
    /** Default: the token address. */
    readonly audience?: string;
  },
): RenewableAuthenticator {
  return oauth({ ...options, clientSecret: undefined }, async ({ clock }) => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: signedAssertion(options, Math.floor(clock.now() / 1_000)),
  }));
}

function signedAssertion(options: Parameters<typeof oauthJwt>[0], issuedAt: number): string {
  const claims = {
    iss: options.clientId,
    ...(options.subject === undefined ? {} : { sub: options.subject }),
    ...(options.scope === undefined ? {} : { scope: options.scope }),
    aud: options.audience ?? options.tokenUrl,
    iat: issuedAt,
    exp: issuedAt + 3_600,
  };
  const encode = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  const { privateKey: key, passphrase } = options;
  try {
    const signature = createSign('RSA-SHA256')
      .update(text)
      .sign({ key, ...(passphrase === undefined ? {} : { passphrase }) }, 'base64url');
    return `${text}.${signature}`;
  } catch {
    // The library's message may quote the key.
    throw httpError('unusable_key', {
      message: 'The private key for signing in cannot be used',
      hint: 'it must be PEM, with its line breaks, and the passphrase must fit',
    });
  }
}

/**
 * Grant `device_code` (RFC 8628): a person opens an address and enters a code, once; the refresh token is kept in
 * the token store and used from then on.
 */
export function oauthDevice(options: OAuthOptions & { readonly deviceUrl: string }): RenewableAuthenticator {
  const rotation = createRotation(options, () => undefined);
  let isKnown = false;
  const grant = async (context: AuthContext): Promise<Readonly<Record<string, string>>> => {
    const known = await rotation.current(context);
    isKnown = known !== undefined;
    if (known !== undefined) return { grant_type: 'refresh_token', refresh_token: known };
    return {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: await askPerson(options, context),
    };
  };
  return oauth(options, grant, rotation.keep, () => !isKnown);
}

async function askPerson(
  options: OAuthOptions & { readonly deviceUrl: string },
  context: AuthContext,
): Promise<string> {
  const form = {
    client_id: options.clientId,
    ...(options.scope === undefined ? {} : { scope: options.scope }),
  };
  const answer = await postCredentials(options.deviceUrl, { form, headers: {} }, context);
  const { device_code: code, user_code: userCode } = answer;
  const place = answer['verification_uri_complete'] ?? answer['verification_uri'];
  if (typeof code !== 'string' || typeof userCode !== 'string') throw refused(options.deviceUrl, answer);
  context.log.log('warning', `To let this tap in, open ${String(place)} and enter the code ${userCode}`);
  return code;
}

interface Rotation {
  current(context: AuthContext): Promise<string | undefined>;
  grant(context: AuthContext): Promise<Readonly<Record<string, string>>>;
  keep(answer: JsonObject, context: AuthContext): Promise<void>;
}

function createRotation(options: OAuthOptions, initial: () => string | undefined): Rotation {
  const name = `refresh_token ${options.tokenUrl} ${options.clientId}`;
  let token: string | undefined;
  const current = async ({ tokens }: AuthContext) => (token ??= await stored(name, initial(), tokens));
  return {
    current,
    grant: async (context) => ({
      grant_type: 'refresh_token',
      refresh_token: (await current(context)) ?? '',
    }),
    async keep(answer, { tokens, log }) {
      const next = answer['refresh_token'];
      if (typeof next !== 'string' || next === '' || next === token) return;
      token = next;
      if (tokens === undefined) {
        log.log(
          'warning',
          'The server has replaced the refresh token, and there is no place to keep the new one: the next run may be refused. Give the tap a token store (--tokens FILE).',
        );
        return;
      }
      await tokens.save(name, JSON.stringify({ given: initial() ?? null, token: next }));
    },
  };
}

/** The stored token, unless the settings hold another first token than the one it grew from. */
async function stored(
  name: string,
  initial: string | undefined,
  tokens: AuthContext['tokens'],
): Promise<string | undefined> {
  const text = await tokens?.load(name);
  if (text === undefined) return initial;
  const { given, token } = parseKept(text, name);
  return given === (initial ?? null) ? token : initial;
}

function parseKept(text: string, name: string): { readonly given: string | null; readonly token: string } {
  try {
    const kept = JSON.parse(text) as JsonValue;
    if (isJsonObject(kept) && typeof kept['token'] === 'string')
      return { given: typeof kept['given'] === 'string' ? kept['given'] : null, token: kept['token'] };
  } catch {
    // The parser's message would quote the token.
  }
  throw httpError('sign_in_failed', {
    message: `What the token store keeps as "${name}" is no token of this version`,
    hint: 'take that entry out of the file of tokens; the tap then signs in with the token of its settings',
  });
}

type Grant = (context: AuthContext) => Promise<Readonly<Record<string, string>>>;

/** States: no token; a token with an end; a renewal under way, which all callers share. */
function oauth(
  options: OAuthOptions,
  grant: Grant,
  keep: (answer: JsonObject, context: AuthContext) => Promise<void> = async () => {},
  isPending: () => boolean = () => false,
): RenewableAuthenticator {
  let token: { readonly text: string; readonly renewAt: number } | undefined;
  let renewal: Promise<void> | undefined;
  const renew = async (context: AuthContext) => {
    const answer = await requestToken(options, await grant(context), isPending, context);
    const text = answer['access_token'];
    if (typeof text !== 'string' || text === '') throw refused(options.tokenUrl, answer);
    await keep(answer, context);
    const seconds = Number(answer['expires_in'] ?? options.lifetime ?? Number.POSITIVE_INFINITY);
    const lasts = Number.isNaN(seconds) ? Infinity : seconds * 1_000;
    token = { text, renewAt: context.clock.now() + Math.max(lasts - margin, lasts / 2) };
  };
  const refresh = (context: AuthContext) => {
    renewal ??= renew(context).finally(() => {
      renewal = undefined;
    });
    return renewal;
  };
  return {
    async apply(request, context) {
      const isOld = token !== undefined && token.renewAt <= context.clock.now();
      if (token === undefined || isOld) await refresh(context);
      return withHeaders(request, { authorization: `${options.scheme ?? 'Bearer'} ${token?.text ?? ''}` });
    },
    refresh,
  };
}

async function requestToken(
  options: OAuthOptions,
  grant: Readonly<Record<string, string>>,
  isPending: () => boolean,
  context: AuthContext,
): Promise<JsonObject> {
  const { clientId, clientSecret, scope, extra, credentials = 'body', body = 'form' } = options;
  const secret = clientSecret ?? '';
  const headers = {
    ...options.headers,
    ...(credentials === 'basic'
      ? { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` }
      : {}),
  };
  const form: Record<string, string> = { ...grant, ...extra };
  if (scope !== undefined) form['scope'] = scope;
  if (credentials === 'body') {
    form['client_id'] = clientId;
    if (clientSecret !== undefined) form['client_secret'] = secret;
  }
  for (;;) {
    const answer = await postCredentials(options.tokenUrl, { [body]: form, headers }, context);
    const waits = answer['error'] === 'authorization_pending' || answer['error'] === 'slow_down';
    if (!waits || !isPending() || context.signal.aborted) return answer;
    await context.clock.sleep(answer['error'] === 'slow_down' ? 10_000 : 5_000, context.signal);
  }
}

interface Credentials {
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads a JSON object. */
async function postCredentials(
  url: string,
  { headers, ...body }: Credentials,
  context: AuthContext,
): Promise<JsonObject> {
  const hide = createHiding(context.hide);
  const request = {
    method: 'POST',
    url,
    params: {},
    headers: { accept: 'application/json', ...headers },
    ...body,
  };
  hide({ ...request, label: url });
  return objectOf(await requestSignIn(request, 'The token request', context), url);
}

function objectOf(
  { status, text }: { readonly status: number; readonly text: string },
  url: string,
): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    value = Object.fromEntries(new URLSearchParams(text));
  }
  const answer = isJsonObject(value) ? value : {};
  const error = answer['error'];
  if (status < 400 || error === 'authorization_pending' || error === 'slow_down') return answer;
  throw refused(url, answer, status);
}

/** Only the members that RFC 6749 §5.2 has for errors are shown: others may hold secrets. */
function refused(url: string, answer: JsonObject, status?: number) {
  const { error, error_description: description } = answer;
  const reason = [error, description].filter((part) => typeof part === 'string').join(': ');
  return httpError('sign_in_failed', {
    message: `${originOf(url)} gives no access token${status === undefined ? '' : ` (HTTP ${status})`}${reason === '' ? '' : `: ${reason}`}`,
    hint: 'check the client id, its secret and the other credentials in the settings of the tap',
  });
}

import { cancelledError } from '@meltano/foundation/abort';
import type { Clock } from '@meltano/foundation/clock';
import { errorMessage } from '@meltano/foundation/errors';
import { type JsonValue, parseJson, stringifyJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { TokenStore } from '../connector.ts';
import { createSlots } from '../slots.ts';
import type { AuthContext, RenewableAuthenticator } from './auth/authenticator.ts';
import {
  askedWait,
  backOff,
  defaultRetry,
  type ErrorAction,
  type ErrorRule,
  isExhausted,
  ruleFor,
} from './error-policy.ts';
import { httpError } from './errors.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { HttpOptions } from './http-options.ts';
import { createRateLimiter } from './rate-limit.ts';
import { requestUrl } from './request-url.ts';

/** Sends requests to one API, within its limits, and tries again where that helps. One for all streams of a tap. */
export interface HttpClient {
  /** Throws an `AppError` with status and place, never with credentials. */
  send(request: HttpRequest, options: SendOptions): Promise<HttpAnswer>;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Rules that come before those of the API. */
  readonly onError?: readonly ErrorRule[] | undefined;
}

export interface HttpAnswer {
  readonly kind: 'page' | 'skip' | 'stop';
  readonly response: HttpResponse;
}

/** The world of a client. */
export interface HttpWorld {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly log: Log;
  readonly tokens?: TokenStore | undefined;
  /** Between 0 and 1. */
  random(): number;
}

export function createHttpClient(options: HttpOptions, world: HttpWorld): HttpClient {
  const { clock, log } = world;
  const limiter = createRateLimiter(options.rateLimits ?? [], clock);
  const slots = createSlots(options.concurrency ?? 8);
  const retry = { ...defaultRetry, ...options.retry };
  const auth = renewable(options.auth);
  const authContext = (signal: AbortSignal): AuthContext => ({
    fetch: world.fetch,
    clock,
    log,
    signal,
    tokens: world.tokens,
  });

  const attempt = async (request: HttpRequest, signal: AbortSignal): Promise<HttpResponse | Failure> => {
    const signed = auth === undefined ? request : await auth.apply(request, authContext(signal));
    await limiter.take(request.cost ?? 1, signal);
    if (signal.aborted) throw cancelledError('Stopped', signal.reason);
    const begun = clock.now();
    const result = await slots.use(() => fetchOnce(signed, options, world, signal));
    log.log('debug', durationMetric(request.label, result, clock.now() - begun));
    if ('headers' in result && isExhausted(result.headers)) {
      limiter.pauseUntil(clock.now() + Math.min(retry.max, askedWait(result.headers, clock.now()) ?? 0));
    }
    return result;
  };

  /** Undefined when the request is to be sent again. */
  const judge = async (result: HttpResponse | Failure, turn: Turn): Promise<HttpAnswer | undefined> => {
    const { request, attempts, signal, rules } = turn;
    const verdict = verdictOf(result, rules);
    if (verdict.kind === 'answer') return verdict.answer;
    if (verdict.action === 'refresh' && auth !== undefined && !turn.refreshed) {
      turn.refreshed = true;
      await auth.refresh(authContext(signal));
      return undefined;
    }
    if (verdict.action !== 'retry' || attempts >= retry.attempts)
      throw failureOf(request, result, verdict, turn);
    const asked =
      'headers' in result
        ? (verdict.rule?.wait?.(result) ?? askedWait(result.headers, clock.now()))
        : undefined;
    const wait = Math.min(retry.max, Math.max(asked ?? 0, backOff(attempts, retry, world.random())));
    log.log('info', `${reasonOf(result)} from ${request.label}: next try in ${(wait / 1_000).toFixed(1)} s`, {
      attempt: attempts,
    });
    await clock.sleep(asked === undefined ? wait : Math.min(retry.max, Math.max(asked, 0)), signal);
    return undefined;
  };

  return {
    async send(request, { signal, onError = [] }) {
      assertOwnHost(request, options);
      const complete = withDefaults(request, options);
      const turn: Turn = {
        request,
        signal,
        rules: [...onError, ...(options.onError ?? [])],
        attempts: 0,
        refreshed: false,
      };
      for (;;) {
        turn.attempts += 1;
        const result = await attempt(complete, signal);
        if (signal.aborted) throw cancelledError('Stopped', signal.reason);
        const answer = await judge(result, turn);
        if (answer !== undefined) {
          if (answer.kind !== 'page') log.log('warning', leftOut(request, answer));
          return answer;
        }
      }
    },
  };
}

interface Turn {
  readonly request: HttpRequest;
  readonly signal: AbortSignal;
  readonly rules: readonly ErrorRule[];
  attempts: number;
  refreshed: boolean;
}

/** Why there is no answer. */
interface Failure {
  readonly kind: 'unreachable' | 'not_json';
  readonly reason: string;
  readonly cause: unknown;
}

type Verdict =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer }
  | { readonly kind: 'problem'; readonly action: ErrorAction; readonly rule: ErrorRule | undefined };

function verdictOf(result: HttpResponse | Failure, rules: readonly ErrorRule[]): Verdict {
  if (!('headers' in result)) return { kind: 'problem', action: 'retry', rule: undefined };
  const rule = ruleFor(result, rules);
  const action = rule?.action ?? 'accept';
  if (action === 'accept') return { kind: 'answer', answer: { kind: 'page', response: result } };
  if (action === 'skip' || action === 'stop')
    return { kind: 'answer', answer: { kind: action, response: result } };
  return { kind: 'problem', action, rule };
}

/** Credentials never go to a host that an answer has named (Invariant 5). */
function assertOwnHost({ url, followed, label }: HttpRequest, { baseUrl }: HttpOptions): void {
  if (followed !== true || !URL.canParse(url)) return;
  const [given, own] = [new URL(url).host, new URL(baseUrl).host];
  if (given === own) return;
  throw httpError('foreign_address', {
    message: `The next page of ${label} is said to be on ${given}, not on ${own}`,
    hint: 'credentials are not sent to another host; if that is right, page by a token, or make it the base address',
    details: { url: label, host: given },
  });
}

function renewable(auth: HttpOptions['auth']): RenewableAuthenticator | undefined {
  // A function has nothing to renew: its `refresh` makes the next try use it once more.
  return typeof auth === 'function' ? { apply: auth, refresh: async () => {} } : auth;
}

function withDefaults(request: HttpRequest, options: HttpOptions): HttpRequest {
  return {
    ...request,
    params: { ...options.params, ...request.params },
    headers: {
      accept: 'application/json',
      'user-agent': 'meltano-sdk',
      ...lowered(options.headers),
      ...lowered(request.headers),
    },
  };
}

function lowered(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function fetchOnce(
  request: HttpRequest,
  options: HttpOptions,
  world: HttpWorld,
  signal: AbortSignal,
): Promise<HttpResponse | Failure> {
  const url = requestUrl(options.baseUrl, request.url, request.params);
  const { body, type } = bodyOf(request);
  try {
    const response = await world.fetch(url, {
      method: request.method,
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...request.headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeout ?? 300_000)]),
    });
    return await readResponse(response, url);
  } catch (cause) {
    const root = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    return { kind: 'unreachable', reason: errorMessage(root), cause };
  }
}

function bodyOf(request: HttpRequest): { readonly body?: string; readonly type?: string } {
  if (request.json !== undefined) return { body: stringifyJson(request.json), type: 'application/json' };
  if (request.form !== undefined)
    return { body: new URLSearchParams(request.form).toString(), type: 'application/x-www-form-urlencoded' };
  return request.text === undefined ? {} : { body: request.text };
}

async function readResponse(response: Response, url: string): Promise<HttpResponse | Failure> {
  const text = await response.text();
  const parsed = tryParse(text);
  // Invariant 4: a page to log in, or of a proxy, is not a page without records.
  if (parsed === undefined && response.ok && text.trim() !== '') {
    const type = response.headers.get('content-type') ?? 'no content type';
    const reason = `HTTP ${response.status} with an answer that is not JSON (${type})`;
    return { kind: 'not_json', reason, cause: undefined };
  }
  return { status: response.status, headers: response.headers, url, text, body: parsed };
}

function tryParse(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function failureOf(
  request: HttpRequest,
  result: HttpResponse | Failure,
  verdict: Verdict,
  { attempts }: Turn,
) {
  const tries = attempts > 1 ? ` after ${attempts} tries` : '';
  const place = `${request.method} ${request.label}`;
  if (!('headers' in result)) {
    return httpError(result.kind, {
      message: `${place}${tries}: ${result.reason}`,
      hint:
        result.kind === 'unreachable'
          ? 'check the address and the network, then run again: the state is kept'
          : 'the server or something before it answers wrongly; run again later: the state is kept',
      details: { url: request.label },
      cause: result.cause,
    });
  }
  const rule = verdict.kind === 'problem' ? verdict.rule : undefined;
  return httpError('refused', {
    message: `${place}${tries}: ${rule?.message ?? `HTTP ${result.status}`}${excerpt(result)}`,
    hint:
      rule?.hint ??
      (result.status >= 500 || result.status === 429 ? 'run again later: the state is kept' : undefined),
    details: { url: request.label, status: result.status },
  });
}

/** What the server says about it, in a few words. */
function excerpt({ text }: HttpResponse): string {
  const words = text.replaceAll(/\s+/g, ' ').trim();
  if (words === '' || words.startsWith('<')) return '';
  return `: ${words.length > 300 ? `${words.slice(0, 300)}…` : words}`;
}

function leftOut(request: HttpRequest, { kind, response }: HttpAnswer): string {
  const what = kind === 'skip' ? 'it is left out' : 'the stream ends here';
  return `${request.method} ${request.label}: HTTP ${response.status}, ${what}`;
}

function reasonOf(result: HttpResponse | Failure): string {
  return 'headers' in result ? `HTTP ${result.status}` : result.reason;
}

/** A request's duration as the Meltano SDK logs it. */
function durationMetric(endpoint: string, result: HttpResponse | Failure, ms: number): string {
  const status = 'headers' in result ? result.status : undefined;
  const tags = {
    endpoint,
    ...(status === undefined ? {} : { http_status_code: status }),
    status: status !== undefined && status < 400 ? 'succeeded' : 'failed',
  };
  return `METRIC: ${JSON.stringify({ type: 'timer', metric: 'http_request_duration', value: ms / 1_000, tags })}`;
}

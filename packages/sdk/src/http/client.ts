import { cancelledError } from '@meltano/foundation/abort';
import type { Clock } from '@meltano/foundation/clock';
import type { JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { ConnectorContext, TokenStore } from '../connector.ts';
import { createSlots } from '../slots.ts';
import type { AuthContext, RenewableAuthenticator } from './auth/authenticator.ts';
import { createHiding } from './credentials.ts';
import type { Decoder } from './decode/decoder.ts';
import {
  askedWait,
  backOff,
  type ErrorAction,
  type ErrorRule,
  isExhausted,
  messageOf,
  type RetryOptions,
  resolveRetry,
  ruleFor,
} from './error-policy.ts';
import { type Failure, isWebPage, notJson } from './failure.ts';
import type { HttpAnswer, HttpRequest, HttpResponse } from './http-message.ts';
import type { HttpOptions } from './http-options.ts';
import { onOwnHost } from './own-host.ts';
import { createRateLimiter } from './rate-limit.ts';
import { asksTooMuch, reasonOf, refused } from './refusal.ts';
import { createTellingSleep, renderSpan } from './telling-sleep.ts';
import { sendOnce, timeoutOf } from './transport.ts';

/** Sends requests to one API, within its limits, and tries again where that helps. One for all streams of a tap. */
export interface HttpClient {
  /** Throws an `AppError` with status and place, never with credentials. */
  send(request: HttpRequest, options: SendOptions): Promise<HttpAnswer>;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Rules that come before those of the API. */
  readonly onError?: readonly ErrorRule[] | undefined;
  /** In place of the API's own. */
  readonly retry?: RetryOptions | undefined;
  /** Makes JSON of what a success brings; whoever sends with a decoder that makes several values of it reads or closes them. */
  readonly decode?: ((response: HttpResponse) => JsonValue) | Decoder | undefined;
}

/** The world of a client. */
export interface HttpWorld {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly log: Log;
  readonly tokens?: TokenStore | undefined;
  readonly hide?: ConnectorContext['hide'] | undefined;
  /** Between 0 and 1. */
  random(): number;
}

export function createHttpClient(options: HttpOptions, world: HttpWorld): HttpClient {
  const { clock, log } = world;
  // Throws here rather than with the first request.
  timeoutOf(options);
  const sleep = createTellingSleep(world);
  const limiter = createRateLimiter(options.rateLimits ?? [], {
    now: clock.now,
    sleep: (ms, signal) => sleep(ms, `The rate limit of ${hostOf(options.baseUrl)} is used up`, signal),
  });
  const slots = createSlots(options.concurrency ?? 8);
  const retry = resolveRetry(options.retry);
  const auth = renewable(options.auth);
  const hideCredentials = createHiding(world.hide);
  const authContext = (signal: AbortSignal): AuthContext => ({
    fetch: world.fetch,
    clock,
    log,
    signal,
    tokens: world.tokens,
    retry: options.retry,
    timeout: options.timeout,
    hide: world.hide,
  });

  const told = new Set<string>();
  const warnOnce = (text: string) => {
    // What an answer says may differ each time.
    if (told.has(text) || told.size >= mostWarnings) return;
    told.add(text);
    log.log('warning', text);
  };

  /** How often credentials were renewed after a refusal. */
  let renewals = 0;

  const attempt = async (request: HttpRequest, turn: Turn): Promise<HttpResponse | Failure> => {
    const { signal } = turn;
    const signed = auth === undefined ? request : await auth.apply(request, authContext(signal));
    turn.renewals = renewals;
    hideCredentials(request, signed);
    await limiter.take(request.cost ?? 1, signal);
    if (signal.aborted) throw cancelledError('Stopped', signal.reason);
    const begun = clock.now();
    const result = await slots.use(() =>
      sendOnce(signed, options, { fetch: world.fetch, signal, decoder: turn.decoder }),
    );
    log.log('debug', durationMetric(request.label, result, clock.now() - begun));
    if ('headers' in result && isExhausted(result.headers)) {
      const asked = askedWait(result.headers, clock.now()) ?? 0;
      // Longer ones are judged where an answer is refused for them.
      if (asked <= retry.maxAsked) limiter.pause(asked);
    }
    return result;
  };

  /** Undefined when the request is to be sent again. */
  const judge = async (given: HttpResponse | Failure, turn: Turn): Promise<HttpAnswer | undefined> => {
    const { request, attempts, signal, rules, retry } = turn;
    const result = usable(given, request.method, rules);
    const verdict = verdictOf(result, rules);
    if (verdict.kind === 'answer') {
      if (verdict.warning !== undefined) warnOnce(`${request.label}: ${verdict.warning}`);
      return verdict.answer;
    }
    if (verdict.action === 'refresh' && auth !== undefined && !turn.refreshed) {
      turn.refreshed = true;
      // Another request may have had them renewed since this one was signed: a second time could undo it.
      if (turn.renewals === renewals) {
        await auth.refresh(authContext(signal));
        renewals += 1;
      }
      return undefined;
    }
    const tries = Math.min(retry.attempts, 'tries' in result ? result.tries : retry.attempts);
    if (verdict.action !== 'retry' || attempts >= tries)
      throw refused(request, result, verdict.rule, attempts);
    const asked = askedOf(result, verdict.rule, clock.now());
    if (asked !== undefined && asked > retry.maxAsked)
      throw asksTooMuch(request, result, asked, retry.maxAsked);
    const wait = asked ?? backOff(attempts, retry, world.random());
    const what = `${reasonOf(result)} from ${request.label}`;
    log.log('info', `${what}: next try in ${renderSpan(wait)}`, { attempt: attempts });
    await sleep(wait, what, signal);
    return undefined;
  };

  /** Nothing is left open of an answer that is no page. */
  const judgeOrClose = async (result: HttpResponse | Failure, turn: Turn) => {
    let answer: HttpAnswer | undefined;
    try {
      answer = await judge(result, turn);
      return answer;
    } finally {
      if (answer?.kind !== 'page') await valuesOf(result)?.close();
    }
  };

  return {
    async send(given, { signal, onError = [], retry: own, decode }) {
      const request = onOwnHost(given, options);
      const complete = withDefaults(request, options);
      const turn: Turn = {
        request,
        signal,
        rules: [...onError, ...(options.onError ?? [])],
        retry: { ...retry, ...own },
        attempts: 0,
        refreshed: false,
        renewals,
        decoder: typeof decode === 'object' ? decode : undefined,
      };
      for (;;) {
        turn.attempts += 1;
        const result = await attempt(complete, turn);
        if (signal.aborted) await valuesOf(result)?.close();
        if (signal.aborted) throw cancelledError('Stopped', signal.reason);
        const answer = await judgeOrClose(decoded(result, decode), turn);
        if (answer !== undefined) return answer;
      }
    },
  };
}

const mostWarnings = 20;

interface Turn {
  readonly request: HttpRequest;
  readonly signal: AbortSignal;
  readonly rules: readonly ErrorRule[];
  readonly retry: Required<RetryOptions>;
  attempts: number;
  refreshed: boolean;
  readonly decoder: Decoder | undefined;
  /** Those before the last try was signed. */
  renewals: number;
}

type Verdict =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer; readonly warning?: string | undefined }
  | { readonly kind: 'problem'; readonly action: ErrorAction; readonly rule: ErrorRule | undefined };

function verdictOf(result: HttpResponse | Failure, rules: readonly ErrorRule[]): Verdict {
  if (!('headers' in result)) return { kind: 'problem', action: 'retry', rule: undefined };
  const rule = ruleFor(result, rules);
  const action = rule?.action ?? 'accept';
  if (action === 'accept')
    return {
      kind: 'answer',
      answer: { kind: 'page', response: result, isRuled: rule !== undefined },
      warning: messageOf(rule, result),
    };
  if (action === 'skip' || action === 'stop')
    return { kind: 'answer', answer: { kind: action, response: result } };
  return { kind: 'problem', action, rule };
}

/**
 * An answer that no rule is about must be JSON. 204 and 205 say that there is nothing; another success with an empty
 * body says nothing at all, and is none.
 */
function usable(result: HttpResponse | Failure, method: string, rules: readonly ErrorRule[]) {
  if (!('headers' in result) || result.body !== undefined || method === 'HEAD') return result;
  const { status, headers, text, values } = result;
  if (values !== undefined && !isWebPage(headers.get('content-type'))) return result;
  if (status === 204 || status === 205 || status === 304 || ruleFor(result, rules) !== undefined)
    return result;
  return notJson(status, headers.get('content-type'), text.trim() === '');
}

function askedOf(
  result: HttpResponse | Failure,
  rule: ErrorRule | undefined,
  now: number,
): number | undefined {
  if (!('headers' in result)) return undefined;
  const own = rule?.wait?.(result);
  return own !== undefined && own >= 0 ? own : askedWait(result.headers, now);
}

function decoded(result: HttpResponse | Failure, decode: SendOptions['decode']): HttpResponse | Failure {
  const isSuccess = 'headers' in result && result.status < 300;
  return isSuccess && typeof decode === 'function' ? { ...result, body: decode(result) } : result;
}

function valuesOf(result: HttpResponse | Failure): HttpResponse['values'] {
  return 'headers' in result ? result.values : undefined;
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

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
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

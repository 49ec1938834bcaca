import type { HttpResponse } from './http-message.ts';

/**
 * What to do with an answer:
 *
 * - `retry`: wait and send the request again
 * - `refresh`: renew the credentials, then send it again, once
 * - `skip`: read no more of this partition, or window of it, with a warning; the stream goes on with the next. Its
 *   bookmark stays before what was left out: where an answer means that there is nothing, `accept` it
 * - `stop`: read no more of this stream, with a warning
 * - `fail`: end the stream with an error
 * - `accept`: take it as a page like any other
 */
export type ErrorAction = 'retry' | 'refresh' | 'skip' | 'stop' | 'fail' | 'accept';

export interface ErrorRule {
  /** Statuses it is about, e.g. `404`, `'4xx'`. Default: all of 400 and above. */
  readonly status?: StatusPattern | readonly StatusPattern[];
  /** Text that the body must hold. */
  readonly body?: RegExp;
  readonly when?: (response: HttpResponse) => boolean;
  readonly action: ErrorAction;
  /** Says what the answer means, in place of the status; of one that is accepted, what is to be warned of. */
  readonly message?: string | ((response: HttpResponse) => string);
  /** What a person should do about it. */
  readonly hint?: string;
  /** Milliseconds to wait before the next try; undefined leaves it to the back-off. */
  readonly wait?: (response: HttpResponse) => number | undefined;
}

export type StatusPattern = number | `${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}xx`;

export interface RetryOptions {
  /** How often a request is sent at most. Default 6. */
  readonly attempts?: number;
  /** Milliseconds before the second try; doubled for each further one. Default 1,000. */
  readonly base?: number;
  /** Longest wait in milliseconds where the server does not say how long. Default 300,000. */
  readonly max?: number;
  /**
   * Longest wait in milliseconds that the server may ask for. Where it asks for more the request fails at once: to try
   * earlier would be in vain. Default 3,600,000, or `max` where that is more.
   */
  readonly maxAsked?: number;
}

export function resolveRetry(given: RetryOptions = {}): Required<RetryOptions> {
  const { attempts = 6, base = 1_000, max = 300_000 } = given;
  return { attempts, base, max, maxAsked: given.maxAsked ?? Math.max(3_600_000, max) };
}

const defaultRules: readonly ErrorRule[] = [
  // Where it leads is followed before; what is left leads nowhere.
  {
    status: '3xx',
    when: ({ status }) => status !== 304,
    action: 'fail',
    hint: 'check the address: it has moved, and the server does not say where to',
  },
  { status: [408, 425, 429, '5xx'], action: 'retry' },
  // Many APIs answer 403 where they mean "too many requests".
  { status: 403, when: (response) => isExhausted(response.headers), action: 'retry' },
  { status: 401, action: 'refresh', hint: 'check the credentials in the settings of the tap' },
  {
    status: 403,
    action: 'fail',
    hint: 'the credentials do not allow this; give them the rights, or deselect the stream',
  },
  {
    status: [404, 410],
    action: 'fail',
    hint: "check the base address and the path: there is nothing there; where it means that there are no records, say so: onError: [{ status: 404, action: 'skip' }] (in a manifest on_error: [{status: 404, action: skip}])",
  },
  { status: ['4xx', '5xx'], action: 'fail' },
  // HTTP has none of these (RFC 9110 §15); some servers turn away with them whom they take for a robot, with 999 for example.
  {
    status: ['6xx', '7xx', '8xx', '9xx'],
    action: 'fail',
    hint: 'HTTP has no such status: the server may take the tap for a robot; ask those who run it, or read it more slowly',
  },
];

/** What a rule says about an answer. */
export function messageOf(rule: ErrorRule | undefined, response: HttpResponse): string | undefined {
  return typeof rule?.message === 'function' ? rule.message(response) : rule?.message;
}

/** The first rule that fits, or undefined for an answer that is to be taken. */
export function ruleFor(response: HttpResponse, rules: readonly ErrorRule[]): ErrorRule | undefined {
  return [...rules, ...defaultRules].find((rule) => fits(rule, response));
}

function fits(rule: ErrorRule, response: HttpResponse): boolean {
  const { status = ['4xx', '5xx'] } = rule;
  const patterns = Array.isArray(status) ? (status as readonly StatusPattern[]) : [status as StatusPattern];
  return (
    patterns.some((pattern) => hasStatus(pattern, response.status)) &&
    (rule.body === undefined || rule.body.test(response.text)) &&
    (rule.when === undefined || rule.when(response))
  );
}

function hasStatus(pattern: StatusPattern, status: number): boolean {
  return typeof pattern === 'number' ? pattern === status : Number(pattern[0]) === Math.floor(status / 100);
}

/** How servers begin the names of the headers of a rate limit; some have several limits. */
const limits = ['ratelimit', 'x-ratelimit', 'x-rate-limit', 'x-ratelimit-requests', 'x-ratelimit-complexity'];

/** The headers that tell of rate limits. */
export const limitHeaders: readonly string[] = limits.flatMap((limit) => [
  `${limit}-remaining`,
  `${limit}-reset`,
]);

/** True when the server says that nothing is left of its rate limit. */
export function isExhausted(headers: Headers): boolean {
  return exhausted(headers).length > 0;
}

/** The limits of which nothing is left. */
function exhausted(headers: Headers): readonly string[] {
  return limits.filter((limit) => {
    const left = headers.get(`${limit}-remaining`);
    return left !== null && left.trim() !== '' && Number(left) <= 0;
  });
}

/**
 * Milliseconds that the server asks to wait: `Retry-After`, or the latest reset of the rate limits that are exhausted. A
 * time that is negative, over or not to be understood is none.
 */
export function askedWait(headers: Headers, now: number): number | undefined {
  const after = positive(retryAfter(headers.get('retry-after')?.trim() ?? '', now));
  const resets = exhausted(headers).flatMap(
    (limit) => positive(resetWait(headers.get(`${limit}-reset`), now)) ?? [],
  );
  return after ?? (resets.length === 0 ? undefined : Math.max(...resets));
}

/** Seconds, or a moment as HTTP writes it (RFC 9110 §10.2.3); other texts may look like dates to the host's parser. */
function retryAfter(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  return /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) - now : Number.NaN;
}

/** A reset is a number of seconds, or a moment since the epoch, in seconds or milliseconds. */
function resetWait(header: string | null, now: number): number {
  const reset = Number(header ?? Number.NaN);
  if (reset > 1_000_000_000_000) return reset - now;
  return reset > 1_000_000_000 ? reset * 1_000 - now : reset * 1_000;
}

function positive(ms: number): number | undefined {
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** Exponential back-off with jitter between half of the wait and all of it. */
export function backOff(attempt: number, { base, max }: Required<RetryOptions>, random: number): number {
  const wait = Math.min(max, base * 2 ** (attempt - 1));
  return wait / 2 + (wait / 2) * random;
}

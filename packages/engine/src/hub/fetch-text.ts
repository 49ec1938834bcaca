import type { Clock } from '@meltano/foundation/clock';

export interface FetchOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  /** For one attempt, from connecting to the last byte. */
  readonly timeoutMs: number;
}

export type FetchAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly reason: string;
      readonly etag: string | undefined;
      readonly body: string;
    }
  /** No answer at all: no network, no such host, refused, too slow. */
  | { readonly kind: 'unreachable'; readonly reason: string };

const attempts = 4;
/** As in Meltano: what may be better a moment later. */
const temporary = new Set([429, 500, 502, 503, 504]);

/** Fetches with a time-out and up to three more tries, each after twice the wait. Rejects only when aborted. */
export async function fetchText(url: string, options: FetchOptions): Promise<FetchAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetchOnce(url, options);
    options.signal?.throwIfAborted();
    const isTemporary = answer.kind === 'unreachable' || temporary.has(answer.status);
    if (!isTemporary || attempt === attempts) return answer;
    await options.clock.sleep(100 * 2 ** attempt, options.signal);
  }
}

async function fetchOnce(
  url: string,
  { fetch, headers, signal, timeoutMs }: FetchOptions,
): Promise<FetchAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      headers,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return {
      kind: 'answered',
      status: response.status,
      reason: response.statusText,
      etag: response.headers.get('etag') ?? undefined,
      body: await response.text(),
    };
  } catch (error) {
    return {
      kind: 'unreachable',
      reason: timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error),
    };
  }
}

/** Fetch says only that it failed; why stands in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const { code, message } = (cause ?? error) as { code?: unknown; message?: unknown };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name of the host is not known';
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  return typeof message === 'string' && message !== '' ? message : String(code ?? 'unknown failure');
}

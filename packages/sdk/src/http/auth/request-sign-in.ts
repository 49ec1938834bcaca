import { cancelledError } from '@meltano/foundation/abort';
import { askedWait, backOff, resolveRetry, ruleFor } from '../error-policy.ts';
import { httpError } from '../errors.ts';
import type { Failure } from '../failure.ts';
import type { HttpRequest, HttpResponse } from '../http-message.ts';
import { reasonOf } from '../refusal.ts';
import { createTellingSleep } from '../telling-sleep.ts';
import { sendOnce } from '../transport.ts';
import type { AuthContext } from './authenticator.ts';

/** Answers to a sign-in are small, and a person may be waiting. */
const defaultTimeout = 60_000;

/**
 * Sends the request that gets credentials, whose own are in its address or body. It goes the way of all requests:
 * redirects take no body to another host, what may pass is tried again. Errors say `what` it is and its host, and
 * never quote the answer, which may hold secrets.
 */
export async function requestSignIn(
  request: Omit<HttpRequest, 'label'>,
  what: string,
  context: AuthContext,
): Promise<HttpResponse> {
  const { clock, signal } = context;
  const retry = resolveRetry(context.retry);
  const sleep = createTellingSleep(context);
  const place = `${what} at ${originOf(request.url)}`;
  const timeout = Math.min(context.timeout ?? defaultTimeout, defaultTimeout);
  for (let attempt = 1; ; attempt += 1) {
    const result = await sendOnce({ ...request, label: place }, { baseUrl: '', timeout }, context);
    if (signal.aborted) throw cancelledError('Stopped', signal.reason);
    const isAnswer = 'headers' in result;
    if (isAnswer && ruleFor(result, [])?.action !== 'retry') return result;
    const asked = isAnswer ? askedWait(result.headers, clock.now()) : undefined;
    const tries = Math.min(retry.attempts, isAnswer ? retry.attempts : result.tries);
    if (attempt >= tries || (asked ?? 0) > retry.maxAsked) throw failed(place, result, attempt);
    await sleep(asked ?? backOff(attempt, retry, Math.random()), `${reasonOf(result)} from ${place}`, signal);
    if (signal.aborted) throw cancelledError('Stopped', signal.reason);
  }
}

function failed(place: string, result: HttpResponse | Failure, attempts: number) {
  const tries = attempts > 1 ? ` after ${attempts} tries` : '';
  const isAnswer = 'headers' in result;
  return httpError(isAnswer ? 'refused' : result.kind, {
    message: `${place}${tries}: ${reasonOf(result)}`,
    hint: isAnswer ? 'run again later: the state is kept' : result.hint,
    ...(isAnswer || result.cause === undefined ? {} : { cause: result.cause }),
  });
}

/** The part of an address that may be shown. */
export function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : 'what is no address';
}

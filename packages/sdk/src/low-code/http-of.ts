import { errorMessage } from '@meltano/foundation/errors';
import type { ErrorRule, StatusPattern } from '../http/error-policy.ts';
import type { HttpResponse, RequestParams } from '../http/http-message.ts';
import type { HttpOptions } from '../http/http-options.ts';
import { authOf } from './auth-of.ts';
import { type Compiling, compile, requiredText, settled, settledTexts } from './compiling.ts';
import { manifestError } from './errors.ts';
import type { ApiManifest, ErrorManifest, RetryManifest } from './manifest.ts';
import { located } from './manifest-place.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { isTruthy, type TemplateScope } from './template.ts';

/** How the API is reached. */
export function httpOf(api: ApiManifest, compiling: Compiling): HttpOptions {
  const { rate_limits: limits, concurrency, timeout, retry, on_error: rules = [], auth } = api;
  const { charset, invalid_bytes: invalidBytes } = api;
  const authenticator = auth === undefined ? undefined : authOf(auth, 'api.auth', compiling);
  return {
    baseUrl: requiredText(api.url, 'api.url', compiling),
    headers: settledTexts(api.headers, 'api.headers', compiling),
    params: settled(api.params ?? {}, 'api.params', compiling) as RequestParams,
    ...(authenticator === undefined ? {} : { auth: authenticator }),
    ...(limits === undefined
      ? {}
      : { rateLimits: limits.map(({ requests, seconds }) => ({ requests, interval: seconds * 1_000 })) }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeout === undefined ? {} : { timeout: timeout * 1_000 }),
    ...(charset === undefined ? {} : { charset }),
    ...(invalidBytes === undefined ? {} : { invalidBytes }),
    ...(retry === undefined ? {} : { retry: retryOf(retry) }),
    onError: rules.map((rule, at) => errorRuleOf(rule, `api.on_error[${at}]`, compiling)),
  };
}

/** `retry` of the API or of a stream. */
export function retryOf({ attempts, wait, max_wait: max }: RetryManifest) {
  return {
    ...(attempts === undefined ? {} : { attempts }),
    ...(wait === undefined ? {} : { base: wait * 1_000 }),
    ...(max === undefined ? {} : { max: max * 1_000 }),
  };
}

/** A rule of `on_error`; `label` names its place. */
export function errorRuleOf(rule: ErrorManifest, label: string, compiling: Compiling): ErrorRule {
  const { status, body, action, message, hint, when, wait_pattern: waitPattern } = rule;
  const found = body === undefined ? undefined : patternOf(body, `${label}.body`, compiling);
  const inWait =
    waitPattern === undefined ? undefined : patternOf(waitPattern, `${label}.wait_pattern`, compiling);
  const holds = when === undefined ? undefined : compile(when, `${label}.when`, compiling);
  const hasWait = [rule.wait, rule.wait_header, rule.wait_until_header].some((each) => each !== undefined);
  return {
    action,
    ...(status === undefined ? {} : { status: status as StatusPattern | readonly StatusPattern[] }),
    ...(found === undefined && holds === undefined
      ? {}
      : {
          when: (response) =>
            (found === undefined || found.test(response.text)) &&
            (holds === undefined || isTruthy(holds(answerScope(response)))),
        }),
    ...(message === undefined ? {} : { message }),
    ...(hint === undefined ? {} : { hint }),
    ...(hasWait ? { wait: (response) => waitOf(rule, inWait, response, compiling) } : {}),
  };
}

function patternOf(text: string, path: string, { placeOf }: Compiling): Pattern {
  return located(placeOf, () => {
    try {
      return compilePattern(text);
    } catch (cause) {
      throw manifestError('invalid', {
        message: `${path} is no regular expression: ${errorMessage(cause)}`,
        hint: 'correct the pattern; its syntax is that of RE2, without look-around and back references',
        details: { path },
        cause,
      });
    }
  });
}

/** What templates about an answer may use. A body that is no JSON is its text. */
export function answerScope({ body, text, headers }: HttpResponse): TemplateScope {
  const links = Object.fromEntries(
    [...(headers.get('link') ?? '').matchAll(/<([^>]*)>[^<]*?;\s*rel="?([\w-]+)/g)].map(
      ([, url = '', rel = '']) => [rel, { url }],
    ),
  );
  return { body: body ?? text, headers: Object.fromEntries(headers), links };
}

/** Milliseconds to wait as the rule says it. */
function waitOf(
  { wait, wait_header: header, wait_until_header: untilHeader }: ErrorManifest,
  pattern: Pattern | undefined,
  { headers }: HttpResponse,
  { world }: Compiling,
): number | undefined {
  const until = numberIn(untilHeader === undefined ? null : headers.get(untilHeader), pattern);
  if (until !== undefined) return Math.max((wait ?? 0) * 1_000, until * 1_000 - world.clock.now());
  const asked = numberIn(header === undefined ? null : headers.get(header), pattern) ?? wait;
  return asked === undefined ? undefined : asked * 1_000;
}

function numberIn(text: string | null, pattern: Pattern | undefined): number | undefined {
  if (text === null) return undefined;
  const number = Number((pattern === undefined ? text : pattern.find(text)) ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

import { type ErrorRule, messageOf } from './error-policy.ts';
import { httpError } from './errors.ts';
import type { Failure } from './failure.ts';
import type { HttpAnswer, HttpRequest, HttpResponse } from './http-message.ts';
import { renderSpan } from './telling-sleep.ts';

/** After so many tries there is no answer that can be used. */
export function refused(
  request: HttpRequest,
  result: HttpResponse | Failure,
  rule: ErrorRule | undefined,
  attempts: number,
) {
  const tries = attempts > 1 ? ` after ${attempts} tries` : '';
  const place = `${request.method} ${request.label}`;
  if (!('headers' in result)) {
    return httpError(result.kind, {
      message: `${place}${tries}: ${result.reason}`,
      hint: result.hint,
      details: { url: request.label },
      cause: result.cause,
    });
  }
  return httpError('refused', {
    message: `${place}${tries}: ${messageOf(rule, result) ?? `HTTP ${result.status}`}${excerpt(result)}`,
    hint:
      rule?.hint ??
      (result.status >= 500 || result.status === 429 ? 'run again later: the state is kept' : undefined),
    details: { url: request.label, status: result.status },
  });
}

/** The server asks for a longer wait, in milliseconds, than the tap may take. */
export function asksTooMuch(
  request: HttpRequest,
  result: HttpResponse | Failure,
  asked: number,
  most: number,
) {
  return httpError('refused', {
    message: `${request.method} ${request.label}: ${reasonOf(result)}, and the server asks to wait ${renderSpan(asked)}, longer than ${renderSpan(most)} (retry.maxAsked)`,
    hint: 'run again after that time: the state is kept; or raise retry.maxAsked of the tap',
    details: { url: request.label, wait: asked },
  });
}

/** What is said where a rule leaves something out; `place` names the page and what it is of. */
export function leftOut(request: HttpRequest, { kind, response }: HttpAnswer, place: string): string {
  const what = kind === 'skip' ? 'it is left out' : 'the stream ends here';
  return `${request.method} ${request.label}: HTTP ${response.status}, ${what}${place}`;
}

export function reasonOf(result: HttpResponse | Failure): string {
  return 'headers' in result ? `HTTP ${result.status}` : result.reason;
}

/** What the server says about it, in a few words. */
function excerpt({ text }: HttpResponse): string {
  const start = shortened(text, 10_000).replaceAll(/-----BEGIN.*?(?:-----END[^-]*-----|$)/gs, '(secret)');
  const words = start.replaceAll(/\s+/g, ' ').trim();
  if (words === '' || words.startsWith('<')) return '';
  return `: ${shortened(words, 300)}`;
}

/** The host hides secrets that are whole: none may be cut in two. Words that would be are left out. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[^\s"'`,;&?=<>(){}[\]]*$/, '')}…`;
}

/** The part of a path or an address that may be shown: its query's values may be credentials (Invariant 5). */
export function labelOf(path: string): string {
  const [before = '', ...query] = path.split('?');
  const shown = before.replace(/^(https?:\/\/)[^/]*@/, '$1');
  if (query.length === 0) return shown;
  const names = query
    .join('?')
    .split('&')
    .map((each) => each.split('=')[0] ?? '');
  return `${shown}?${names.map((name) => `${name}=…`).join('&')}`;
}

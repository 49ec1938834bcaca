import { ExactNumber, isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import type { ConnectorContext } from '../connector.ts';
import type { HttpRequest } from './http-message.ts';

/** Names, with `_` between their words, under which credentials go, wherever they stand. */
const telling = new RegExp(
  [
    'authori[sz]ation|authentication|secret|passw(or)?d|passphrase|passcode|signature|assertion|credential|cookie',
    '(api|access|private|signing|encryption|subscription|account|shared|service)_?keys?(_|$)',
    '(^|_)(token|pwd|jwt|bearer)(_|$)|(access|refresh|auth|id|session|api)_?tokens?(_|$)',
    '^(sid|sig|apikey|tokens)$|(^|_)session_?id$|^x_.*_key$|^x_?auth$',
  ].join('|'),
);

/** Parameters of pages are called tokens, too, and are shown. */
const harmless =
  /(^|_)(page|pagination|next|prev|previous|cursor|continuation|sync|delta|scroll|start)_?token$/;

/** In a request these are the credential; in an answer they may be ids. */
const tellingInRequest = /^(key|keys|auth|session|otp|pin)$/;

/** Whether a header, parameter or member of this name carries a credential. */
export function isCredential(name: string): boolean {
  const words = inWords(name);
  return telling.test(words) && !harmless.test(words);
}

/** The same for what is sent. */
export function isRequestCredential(name: string): boolean {
  return isCredential(name) || tellingInRequest.test(inWords(name));
}

function inWords(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

/** Hides the credentials of each request; those that are hidden already are not told again. */
export function createHiding(hide: ConnectorContext['hide'] = () => {}) {
  const known = new Set<string>();
  return (bare: HttpRequest, signed: HttpRequest = bare): void => {
    const added = credentialsOf(bare, signed).filter((text) => !known.has(text));
    if (added.length === 0) return;
    for (const text of added) known.add(text);
    hide(...added);
  };
}

/**
 * What of a request no text may show (Invariant 5): all that an authenticator has put on it, and what stands in
 * headers, parameters and bodies under names that tell of credentials.
 */
function credentialsOf(bare: HttpRequest, signed: HttpRequest): readonly string[] {
  const { headers, params, form = {}, json = null } = signed;
  return [
    ...membersOf(bare.headers, headers),
    ...membersOf(bare.params, params),
    ...membersOf(bare.form ?? {}, form),
    ...inJson(bare.json ?? null, json),
    ...inAddress(signed.url),
  ];
}

/** Members of objects at any depth; lists are taken to be what the stream itself has put there. */
function inJson(bare: JsonValue, signed: JsonValue): readonly string[] {
  if (isJsonArray(signed)) return signed.flatMap((each) => inJson(each, each));
  if (!isJsonObject(signed)) return [];
  const own = isJsonObject(bare) ? bare : {};
  const nested = Object.entries(signed).flatMap(([name, value]) => inJson(own[name] ?? value, value));
  return [...membersOf(own, signed), ...nested];
}

function inAddress(url: string): readonly string[] {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const params = Object.fromEntries(new URLSearchParams(query));
  return credentialsIn(params);
}

/** The credentials among headers, or among members that are sent. */
export function credentialsIn(members: Readonly<Record<string, unknown>>): readonly string[] {
  return membersOf(members, members);
}

function membersOf(
  bare: Readonly<Record<string, unknown>>,
  signed: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(signed).flatMap(([name, value]) => {
    const isHidden = bare[name] !== value || isRequestCredential(name);
    return isHidden ? textsOf(value).flatMap(spellingsOf) : [];
  });
}

/** Short numbers are everywhere: to hide one would hide them all. */
function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === 'string') return value === '' ? [] : [value];
  const isNumber = typeof value === 'number' || value instanceof ExactNumber;
  return isNumber && String(value).length >= 4 ? [String(value)] : [];
}

/**
 * The value; of `Bearer x` the x, of `Basic x` what it encodes, of `a=b; c=d` and of `Token token="x"` the values in
 * it.
 */
function spellingsOf(value: string): readonly string[] {
  const [, scheme = '', rest] = /^([A-Za-z-]+)[ =](\S.*)$/s.exec(value) ?? [];
  const parts = [...value.matchAll(/[\w.-]+="?([^";,\s]{4,})"?(?=[;,\s]|$)/g)].map(([, part = '']) => part);
  if (rest === undefined) return unique([value, ...parts]);
  if (scheme.toLowerCase() !== 'basic') return unique([value, rest, ...parts]);
  const [user = '', ...after] = Buffer.from(rest, 'base64').toString().split(':');
  const password = after.join(':');
  // APIs that know only a key take it as the name of a user without a password.
  return unique([value, rest, password === '' ? user : password]);
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter((text) => text !== '');
}

import { ExactNumber, isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { isCredential, isRequestCredential } from './credentials.ts';

export const hidden = '(secret)';

export interface Scrubbing {
  /** Texts to take out wherever they stand. */
  readonly secrets: readonly string[];
  /** Names that are no credential here, whatever they are elsewhere. */
  readonly shown?: readonly string[] | undefined;
}

/** A token with the scheme of its header, and those that are signed (RFC 7519). */
const schemed = /(?<=^Bearer )\S+$|\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

type IsSecret = (name: string) => boolean;

/** Takes given texts out of a value wherever they stand, and whatever stands under the name of a credential. */
export function withoutSecrets<T>(value: T, kind: 'request' | 'response', scrubbing: Scrubbing): T {
  const isSecret = secretNames(kind, scrubbing);
  const takeOut = replacer(scrubbing.secrets);
  // An address is a request, wherever it stands.
  const isSecretParam = secretNames('request', scrubbing);
  const clean = (text: string) => inPairs(takeOut(text).replaceAll(schemed, hidden), isSecretParam);
  const visit = (each: JsonValue, isHidden: boolean): JsonValue => {
    if (typeof each === 'string') return isHidden && each !== '' ? hidden : clean(each);
    if (typeof each === 'number' || each instanceof ExactNumber) return isHidden ? hidden : each;
    if (isJsonArray(each)) return each.map((item) => visit(item, isHidden));
    if (!isJsonObject(each)) return each;
    return Object.fromEntries(
      Object.entries(each).map(([name, member]) => [clean(name), visit(member, isHidden || isSecret(name))]),
    );
  };
  return visit(value as JsonValue, false) as T;
}

/**
 * What stands under the names of credentials, to be taken out elsewhere, too: a login's token may be part of later
 * addresses. Short values and plain words are left out, as they would be found in everything.
 */
export function secretsIn(
  value: JsonValue,
  kind: 'request' | 'response',
  scrubbing: Scrubbing,
): readonly string[] {
  const isSecret = secretNames(kind, scrubbing);
  const isSecretParam = secretNames('request', scrubbing);
  const found = new Set<string>();
  const visit = (each: JsonValue, isHidden: boolean): void => {
    if (typeof each === 'string') {
      if (isHidden) found.add(each);
      for (const { name, text } of pairsOf(each)) if (isSecretParam(name)) found.add(decoded(text));
    } else if (typeof each === 'number' || each instanceof ExactNumber) {
      if (isHidden) found.add(String(each));
    } else if (isJsonArray(each)) for (const item of each) visit(item, isHidden);
    else if (isJsonObject(each))
      for (const [name, member] of Object.entries(each)) visit(member, isHidden || isSecret(name));
  };
  visit(value, false);
  return telling([...found]);
}

/** Those of some texts that cannot be there by chance. */
export function telling(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => text.length >= 20 || (text.length >= 8 && !/^[a-z]+$/i.test(text)));
}

function secretNames(kind: 'request' | 'response', { shown = [] }: Scrubbing): IsSecret {
  const fits = kind === 'request' ? isRequestCredential : isCredential;
  return (name) => fits(name) && !shown.includes(name);
}

/** Takes texts out in all the spellings in which requests and answers have them. */
function replacer(secrets: readonly string[]): (text: string) => string {
  const given = secrets.filter((secret) => secret !== '' && secret !== hidden);
  const spellings = [...new Set(given.flatMap(spellingsOf))].sort((a, b) => b.length - a.length);
  const encodable = given.filter((secret) => secret.length >= 4).map(latin1);
  return (text) => {
    let result = text;
    for (const spelling of spellings) result = result.replaceAll(spelling, hidden);
    if (encodable.length > 0)
      result = result.replaceAll(/[\w+/-]{8,}={0,2}/g, (run) => (encodes(run, encodable) ? hidden : run));
    // As the parameter of an address writes it.
    return result
      .replaceAll('%28secret%29', hidden)
      .replaceAll(/(?<=:\/\/)[^/\s@"'<>]*:[^/\s@"'<>]*@/g, `${hidden}@`);
  };
}

function spellingsOf(secret: string): readonly string[] {
  const form = new URLSearchParams({ x: secret }).toString().slice(2);
  return [
    secret,
    encodeURIComponent(secret),
    form,
    form.replaceAll('+', '%20'),
    JSON.stringify(secret).slice(1, -1),
  ];
}

/** Basic credentials and tokens hold others in Base64, beginning anywhere in it. */
function encodes(run: string, secrets: readonly string[]): boolean {
  const text = Buffer.from(run, 'base64').toString('latin1');
  return secrets.some((secret) => text.includes(secret));
}

/** The bytes of a text, as `encodes` looks for them. */
function latin1(secret: string): string {
  return Buffer.from(secret).toString('latin1');
}

const parameter = /(^|[?&;])([^\s=&?;"'<>]+)=([^&#\s"'<>]*)/g;

/** Names and values of the parameters in an address, or in a form. */
function pairsOf(text: string): readonly { readonly name: string; readonly text: string }[] {
  return [...text.matchAll(parameter)].flatMap(([, lead, name = '', value = '']) =>
    lead === '' && !isForm(text) ? [] : [{ name: decoded(name), text: value }],
  );
}

function inPairs(text: string, isSecret: IsSecret): string {
  return text.replaceAll(parameter, (whole, lead: string, name: string, value: string) => {
    const isPair = (lead !== '' || isForm(text)) && value !== '';
    return isPair && isSecret(decoded(name)) ? `${lead}${name}=${hidden}` : whole;
  });
}

function isForm(text: string): boolean {
  return /^[^\s=&]+=[^\s&]*(?:&[^\s=&]+=[^\s&]*)*$/.test(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

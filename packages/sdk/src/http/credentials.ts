import { isJsonObject } from '@meltano/foundation/json';
import type { ConnectorContext } from '../connector.ts';
import type { HttpRequest } from './http-message.ts';

/** Names under which requests carry credentials, whoever put them there. */
const telling =
  /authori[sz]ation|token|secret|passw(?:or)?d|api[-_]?key|access[-_]?key|^x-.*-key$|signature|^cookie$/i;

/** Parameters of pages are called tokens, too, and are shown. */
const harmless = /page|next|cursor|continuation/i;

/** Hides the credentials of each request; those that are hidden already are not told again. */
export function createHiding(hide: ConnectorContext['hide'] = () => {}) {
  const known = new Set<string>();
  return (bare: HttpRequest, signed: HttpRequest): void => {
    const added = credentialsOf(bare, signed).filter((text) => !known.has(text));
    if (added.length === 0) return;
    for (const text of added) known.add(text);
    hide(...added);
  };
}

/**
 * What of a request no text may show (Invariant 5): all that an authenticator has put on it, and what stands in
 * headers and parameters whose names tell of credentials.
 */
function credentialsOf(bare: HttpRequest, signed: HttpRequest): readonly string[] {
  return [
    ...membersOf(bare.headers, signed.headers),
    ...membersOf(bare.params, signed.params),
    ...inBody(bare, signed),
  ];
}

function inBody({ json: bare }: HttpRequest, { json: signed }: HttpRequest): readonly string[] {
  if (bare === signed || signed === undefined || !isJsonObject(signed)) return [];
  return membersOf(bare !== undefined && isJsonObject(bare) ? bare : {}, signed);
}

function membersOf(
  bare: Readonly<Record<string, unknown>>,
  signed: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(signed).flatMap(([name, value]) => {
    const isCredential = bare[name] !== value || (telling.test(name) && !harmless.test(name));
    return isCredential && typeof value === 'string' ? spellingsOf(value) : [];
  });
}

/** The value; of `Bearer x` the x, of `Basic x` what it encodes, too. */
function spellingsOf(value: string): readonly string[] {
  const [, scheme = '', word] = /^([A-Za-z-]+)[ =](\S+)$/.exec(value) ?? [];
  if (word === undefined) return [value];
  if (scheme.toLowerCase() !== 'basic') return [value, word];
  const password = Buffer.from(word, 'base64').toString().split(':').slice(1).join(':');
  return [value, word, password];
}

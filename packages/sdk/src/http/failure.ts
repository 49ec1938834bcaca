import { errorMessage } from '@meltano/foundation/errors';
import type { httpError } from './errors.ts';

/** Why a request has no usable answer. */
export interface Failure {
  readonly kind: Parameters<typeof httpError>[0];
  readonly reason: string;
  readonly hint: string;
  /** How often such a request is sent at most, whatever `retry.attempts` allows. */
  readonly tries: number;
  /** Left out where it may quote a credential. */
  readonly cause?: unknown;
}

/** A failure that may pass is tried for as long as the policy says; one that hardly does, a few times. */
const passing = Number.POSITIVE_INFINITY;
const doubtful = 3;
const permanent = 1;

/**
 * What a failed `fetch` means, and whether sending the request again can help:
 *
 * | failure | tries |
 * |---|---|
 * | refused, reset, unreachable, too slow (`ECONNREFUSED`, `ECONNRESET`, `UND_ERR_…`, `EAI_AGAIN`) | as the policy says |
 * | a body that breaks off, also within its compression | as the policy says |
 * | unknown host (`ENOTFOUND`) | 3: a resolver may be wrong for a moment, a misspelt name stays so |
 * | a body that is not compressed as it says (`Z_DATA_ERROR`, brotli's `ERR_…`) | 3 |
 * | data of another kind than JSON (CSV, lines of JSON) | 1 |
 * | an answer that is not HTTP (`HPE_…`) | 3 |
 * | a page of HTML in place of JSON: a proxy may show one for a moment, a wrong address does so for ever | 3 |
 * | a certificate that is not trusted, a failed handshake (`CERT_…`, `ERR_TLS_…`, `ERR_SSL_…`) | 1 |
 * | a body that is not in its charset | 1 |
 * | a circle of redirects, one to what is no HTTP address, one that would take a body to another host | 1 |
 * | a body with GET where the given `fetch` sends none | 1 |
 * | an address that cannot be asked (`ERR_INVALID_URL`, unknown scheme, forbidden port) | 1 |
 */
export function failureOf(thrown: unknown): Failure {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const { name, code } = factsOf(cause);
  const reason = errorMessage(cause).replaceAll(/\s+/g, ' ').trim();
  for (const { test, ...failure } of failures) {
    if (test({ name, code, reason })) return { reason, cause: thrown, ...failure };
  }
  return { kind: 'unreachable', reason, hint: networkHint, tries: passing, cause: thrown };
}

/** A body of more bytes than `HttpOptions.maxBodyBytes`. */
export function bodyTooLarge(maxBytes: number): Failure {
  return {
    kind: 'body_too_large',
    reason: `the answer has more than ${maxBytes} bytes (maxBodyBytes), counted as they are when decompressed`,
    hint: 'ask for smaller pages, or raise maxBodyBytes of the tap',
    tries: permanent,
  };
}

/** The place to which a request was sent leads where it cannot go. */
export function redirected(where: string): Failure {
  return {
    kind: 'redirected',
    reason: `the request is redirected ${where}`,
    hint: 'check the address: open it in a browser to see where it leads',
    tries: permanent,
  };
}

/** Its value may be a credential, so that only its name is told (Invariant 5). */
export function unusableHeader(name: string): Failure {
  return {
    kind: 'unusable_header',
    reason: `the header ${JSON.stringify(name)} has characters that HTTP does not allow`,
    hint: 'check the settings that it is made of: a line break may have come along with a token',
    tries: permanent,
  };
}

/** Bytes that are no characters: to read on would change texts in silence (Invariant 4). */
export function undecodable(charset: string, after: number): Failure {
  return {
    kind: 'unreadable_body',
    reason: `the answer is not the ${charset} it should be, somewhere after byte ${after}`,
    hint: "say how the API encodes its answers: charset: 'windows-1252' in http (in a manifest under api); or take what cannot be read for U+FFFD: invalidBytes: 'replace' (invalid_bytes: replace)",
    tries: permanent,
  };
}

export function unknownCharset(charset: string): Failure {
  return {
    kind: 'unreadable_body',
    reason: `the answer is encoded as ${JSON.stringify(charset.slice(0, 40))}, which is not known here`,
    hint: "say how the API encodes its answers: charset: 'utf-8' in http (in a manifest under api)",
    tries: permanent,
  };
}

/** Invariant 4: a page to log in, or of a proxy, or nothing at all, is not a page without records. */
export function notJson(status: number, type: string | null, isEmpty: boolean): Failure {
  if (!isEmpty && isWebPage(type)) return webPage(status);
  if (!isEmpty && type !== null && otherData.test(type)) return otherThanJson(status, type);
  return {
    kind: 'not_json',
    reason: isEmpty
      ? `HTTP ${status} with an empty body`
      : `HTTP ${status} with an answer that is not JSON (${type ?? 'no content type'})`,
    hint: isEmpty
      ? "run again later: the state is kept; where an empty body means that there are no records, say so: onError: [{ status: 200, body: /^$/, action: 'accept' }]"
      : 'the server or something before it answers wrongly; run again later: the state is kept',
    tries: passing,
  };
}

export function isWebPage(type: string | null): boolean {
  return type !== null && /^\s*(?:text\/html|application\/xhtml)/i.test(type);
}

/** Types of data that no gateway answers with by mistake. */
const otherData =
  /^\s*(?:text\/csv|application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-seq)|text\/tab-separated)/i;

function otherThanJson(status: number, type: string): Failure {
  return {
    kind: 'not_json',
    reason: `HTTP ${status} with data that is not JSON (${type})`,
    hint: 'say how it is read: decode: jsonLines(), csvRows() or ({ text }) => … (in a manifest decode: {type: json_lines}); or ask for JSON, with another path, parameter or accept header',
    tries: permanent,
  };
}

function webPage(status: number): Failure {
  return {
    kind: 'not_json',
    reason: `HTTP ${status} with a web page (HTML) in place of JSON`,
    hint: 'check the address and the path: open them in a browser; a page to log in, or of a proxy, may be what answers. Where it is there for a moment only, run again later: the state is kept',
    tries: doubtful,
  };
}

interface Facts {
  readonly name: string;
  readonly code: string;
  readonly reason: string;
}

const networkHint = 'check the address and the network, then run again: the state is kept';

/** The first that fits counts. Node tells some of them by their words alone. */
const failures: readonly (Partial<Failure> &
  Pick<Failure, 'kind' | 'hint' | 'tries'> & { test(facts: Facts): boolean })[] = [
  {
    test: ({ code }) => code === 'ENOTFOUND',
    kind: 'unreachable',
    hint: 'check the name of the host in the address, and the network',
    tries: doubtful,
  },
  {
    test: ({ code }) =>
      /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/.test(code),
    kind: 'untrusted',
    hint: 'check the address and the certificate; NODE_EXTRA_CA_CERTS=FILE names further authorities to trust',
    tries: permanent,
  },
  {
    test: ({ code, reason }) => code.startsWith('ERR_SSL_') || (code === 'EPROTO' && reason.includes('SSL')),
    kind: 'untrusted',
    // The library's own words are those of its source files.
    reason: 'no TLS connection can be made',
    hint: 'check the address: https or http? A proxy may stand between, or a server that knows only old versions of TLS',
    tries: permanent,
  },
  {
    test: ({ code, reason }) => code === 'ERR_INVALID_URL' || /^(unknown scheme|bad port)$/.test(reason),
    kind: 'invalid_address',
    hint: 'check the address in the settings of the tap',
    tries: permanent,
  },
  {
    test: ({ reason }) => /GET\/HEAD method cannot have body/.test(reason),
    kind: 'invalid_option',
    reason: 'the "fetch" that was given sends no body with GET',
    hint: 'leave "fetch" out, record with openCassette, or send the body with another method',
    tries: permanent,
  },
  {
    test: ({ code }) => code === 'Z_DATA_ERROR' || code.startsWith('ERR__ERROR_'),
    kind: 'unreadable_body',
    reason: 'the answer is not compressed as it says (content-encoding)',
    hint: "the server or something before it answers wrongly; the header 'accept-encoding: identity' asks for no compression",
    tries: doubtful,
  },
  {
    test: ({ name, code }) => name === 'HTTPParserError' || code.startsWith('HPE_'),
    kind: 'unreadable_body',
    hint: 'check host and port of the address: what answers there does not speak HTTP',
    tries: doubtful,
  },
  {
    test: ({ name }) => name === 'TimeoutError',
    kind: 'unreachable',
    reason: 'no whole answer came in time',
    hint: 'raise "timeout" of the tap, or ask for smaller pages; the state is kept',
    tries: passing,
  },
];

function factsOf(cause: unknown): Omit<Facts, 'reason'> {
  const { name, code } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {};
  return { name: name ?? '', code: typeof code === 'string' ? code : '' };
}

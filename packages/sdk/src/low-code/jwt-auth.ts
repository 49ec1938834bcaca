import { createHmac, sign } from 'node:crypto';
import type { JsonObject } from '@meltano/foundation/json';
import { type Authenticator, withHeaders } from '../http/auth/authenticator.ts';
import { manifestError } from './errors.ts';

export type JwtAlgorithm = `${'HS' | 'RS' | 'ES'}${256 | 384 | 512}`;

export interface JwtOptions {
  readonly key: string;
  readonly algorithm: JwtAlgorithm;
  readonly claims: JsonObject;
  readonly headers: JsonObject;
  /** Seconds. */
  readonly lifetime: number;
  readonly scheme: string;
}

/** A JSON Web Token (RFC 7519) of the tap's own on each request; one that has a minute left is made anew. */
export function jwtAuth(options: JwtOptions): Authenticator {
  let token: { readonly text: string; readonly endsAt: number } | undefined;
  return (request, { clock }) => {
    const now = Math.floor(clock.now() / 1_000);
    if (token === undefined || token.endsAt - Math.min(60, options.lifetime / 2) <= now)
      token = { text: signedToken(options, now), endsAt: now + options.lifetime };
    return withHeaders(request, { authorization: `${options.scheme} ${token.text}` });
  };
}

function signedToken({ key, algorithm, claims, headers, lifetime }: JwtOptions, now: number): string {
  const encode = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const times = { iat: now, nbf: now, exp: now + lifetime };
  const text = `${encode({ typ: 'JWT', ...headers, alg: algorithm })}.${encode({ ...times, ...claims })}`;
  const hash = `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith('HS')) return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
  try {
    // ES… wants both numbers one after the other (RFC 7518 §3.4), not as ASN.1.
    const signature = sign(hash, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  } catch {
    // The library's message may quote the key.
    throw manifestError('invalid', {
      message: `The key for signing with ${algorithm} cannot be used`,
      hint: 'it must be PEM, with its line breaks, and of the kind that the algorithm needs',
    });
  }
}

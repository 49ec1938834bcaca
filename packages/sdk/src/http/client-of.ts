import { systemClock } from '../host/system-clock.ts';
import type { TemplateSource } from '../tap/define-tap.ts';
import { createHttpClient, type HttpClient } from './client.ts';
import { useEnvProxy } from './env-proxy.ts';
import { httpError } from './errors.ts';
import { hostFetch } from './get-with-body.ts';
import type { HttpOptions } from './http-options.ts';

/** Streams of one tap share their client, and with it rate limits and credentials. */
const clients = new WeakMap<HttpOptions, HttpClient>();

export function clientOf(source: TemplateSource, stream: string): HttpClient {
  const { http } = source;
  if (http === undefined) {
    throw httpError('no_client', {
      message: `Stream ${stream} needs an HTTP API, but the tap has none`,
      hint: 'give defineTap a member "http" with the base address',
    });
  }
  const known = clients.get(http);
  if (known !== undefined) return known;
  if (source.fetch === undefined) useEnvProxy();
  const made = createHttpClient(http, {
    fetch: source.fetch ?? hostFetch,
    clock: source.clock ?? systemClock,
    log: source.log,
    tokens: source.tokens,
    hide: source.hide,
    random: Math.random,
  });
  clients.set(http, made);
  return made;
}

import * as http from 'node:http';
import { httpError } from './errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const;
/** What runs on this machine is never behind a proxy. */
const local = ['localhost', '127.0.0.1', '::1'];

/**
 * Sends the requests of this process through the proxy that the environment names, but for the hosts of `NO_PROXY`, as
 * curl and Python do. Does nothing where there is none, where NODE_USE_ENV_PROXY says what Node.js does itself, and where
 * Node.js is older than 24.14, which has only that variable. Returns how to undo it.
 */
export function applyEnvProxy(env: Env): (() => void) | undefined {
  const named = variables.filter((name) => (env[name] ?? '') !== '');
  const set = (http as Partial<typeof http>).setGlobalProxyFromEnv;
  if (named.length === 0 || env['NODE_USE_ENV_PROXY'] !== undefined || set === undefined) return undefined;
  for (const name of named) assertProxy(name, env[name] ?? '');
  const given = Object.fromEntries(named.map((name) => [name, env[name]]));
  const direct = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  return set({ ...given, no_proxy: [direct, ...local].filter((host) => host !== '').join(',') });
}

/** The address may hold a password: it is not told (Invariant 5). */
function assertProxy(name: string, address: string): void {
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return;
  throw httpError('invalid_address', {
    message: `The environment variable ${name} holds no address of a proxy`,
    hint: 'a proxy is written as http://host:port; NODE_USE_ENV_PROXY=0 sends requests without it',
  });
}

let isApplied = false;

/** The same for this process and its environment, once. */
export function useEnvProxy(): void {
  if (isApplied) return;
  isApplied = true;
  applyEnvProxy(process.env);
}

import { sdkVersion } from '../host/about-text.ts';
import type { AuthoringWorld } from './authoring-world.ts';

/** The world of this process; SIGINT and SIGTERM abort its signal. */
export function processWorld(): AuthoringWorld {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(name));
  const { env, stdin, stdout, stderr } = process;
  return {
    cwd: process.cwd(),
    env,
    stdin,
    stdout,
    stderr,
    fetch,
    signal: stop.signal,
    sdkVersion,
    print: (text) => void stdout.write(`${text.replace(/\n$/, '')}\n`),
  };
}

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseProjectFile } from '@meltano/project/document/parse-project-file';
import { type LoggingConfig, parseLoggingConfig } from './logging-config.ts';

export interface FoundLoggingConfig {
  /** As it was named, for the line that says which file is used. */
  readonly name: string;
  readonly config: LoggingConfig;
}

/**
 * The logging configuration that `cli.log_config` names, relative to `cwd`; a `.yaml` is also looked for as
 * `.yml` and the other way round. Undefined when there is no such file: the default logging is then used.
 */
export async function loadLoggingConfig(name: string, cwd: string): Promise<FoundLoggingConfig | undefined> {
  for (const candidate of [name, otherSpelling(name)]) {
    if (candidate === undefined) continue;
    const file = resolve(cwd, candidate);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined)
      return { name: candidate, config: parseLoggingConfig(parseProjectFile(file, text).value, candidate) };
  }
  return undefined;
}

function otherSpelling(name: string): string | undefined {
  if (name.endsWith('.yaml')) return `${name.slice(0, -'.yaml'.length)}.yml`;
  return name.endsWith('.yml') ? `${name.slice(0, -'.yml'.length)}.yaml` : undefined;
}

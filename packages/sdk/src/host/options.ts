import { parseArgs } from 'node:util';
import { errorMessage } from '@meltano/foundation/errors';
import type { Connector } from '../connector.ts';
import { hostError } from './errors.ts';

/** What the command line of a Singer program asks for. */
export interface ProgramOptions {
  readonly mode: 'help' | 'version' | 'about' | 'discover' | 'run';
  readonly format: 'text' | 'json' | 'markdown';
  /** Files in their order, or the word `ENV`. */
  readonly config: readonly string[];
  readonly catalog: string | undefined;
  readonly state: string | undefined;
  readonly input: string | undefined;
}

const ofBoth = {
  help: { type: 'boolean' },
  version: { type: 'boolean' },
  about: { type: 'boolean' },
  format: { type: 'string' },
  config: { type: 'string', short: 'c', multiple: true },
} as const;

const ofTap = {
  discover: { type: 'boolean' },
  catalog: { type: 'string' },
  properties: { type: 'string' },
  state: { type: 'string', short: 's' },
} as const;

/** Throws `host.usage` for anything that the program does not have. */
export function parseOptions(kind: Connector['kind'], args: readonly string[]): ProgramOptions {
  const options =
    kind === 'tap' ? { ...ofBoth, ...ofTap } : { ...ofBoth, input: { type: 'string' } as const };
  const values = parsed(args, options);
  const format = textOf(values['format']) ?? 'text';
  if (format !== 'text' && format !== 'json' && format !== 'markdown') {
    throw hostError('usage', {
      message: `--format cannot be "${format}"`,
      hint: 'use text, json or markdown',
    });
  }
  return {
    mode: modeOf(values),
    format,
    config: Array.isArray(values['config']) ? values['config'].map(String) : [],
    catalog: textOf(values['catalog'] ?? values['properties']),
    state: textOf(values['state']),
    input: textOf(values['input']),
  };
}

function parsed(args: readonly string[], options: NonNullable<Parameters<typeof parseArgs>[0]>['options']) {
  try {
    return parseArgs({ args: [...args], options: options ?? {}, strict: true, allowPositionals: false })
      .values as Record<string, unknown>;
  } catch (cause) {
    throw hostError('usage', { message: errorMessage(cause), hint: 'see --help', cause });
  }
}

function modeOf(values: Readonly<Record<string, unknown>>): ProgramOptions['mode'] {
  for (const mode of ['version', 'help', 'about', 'discover'] as const)
    if (values[mode] === true) return mode;
  return 'run';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

import { parseArgs } from 'node:util';
import { errorMessage } from '@meltano/foundation/errors';
import type { Connector } from '../connector.ts';
import { hostError } from './errors.ts';

/** What the command line of a Singer program asks for. */
export interface ProgramOptions {
  readonly mode: 'help' | 'version' | 'about' | 'discover' | 'test' | 'run';
  readonly format: 'text' | 'json' | 'markdown';
  /** Files in their order, or the word `ENV`. */
  readonly config: readonly string[];
  readonly catalog: string | undefined;
  readonly state: string | undefined;
  readonly input: string | undefined;
  /** What `--test` tries: the schemas only, or a record of each stream as well. */
  readonly test: 'schema' | 'records' | undefined;
  /** Read, but print no messages. */
  readonly dryRun: boolean;
  readonly maxRecords: number | undefined;
  /** A file that keeps credentials which change by themselves. */
  readonly tokens: string | undefined;
}

const ofBoth = {
  help: { type: 'boolean' },
  version: { type: 'boolean' },
  about: { type: 'boolean' },
  format: { type: 'string' },
  config: { type: 'string', short: 'c', multiple: true },
  tokens: { type: 'string' },
} as const;

const ofTap = {
  discover: { type: 'boolean' },
  catalog: { type: 'string' },
  properties: { type: 'string' },
  state: { type: 'string', short: 's' },
  test: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'max-records': { type: 'string' },
} as const;

/** Throws `host.usage` for anything that the program does not have. */
export function parseOptions(kind: Connector['kind'], args: readonly string[]): ProgramOptions {
  const options =
    kind === 'tap' ? { ...ofBoth, ...ofTap } : { ...ofBoth, input: { type: 'string' } as const };
  // The Meltano SDK has the option with and without a value.
  const values = parsed(
    args.map((arg) => (kind === 'tap' && arg === '--test' ? '--test=all' : arg)),
    options,
  );
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
    test: testOf(textOf(values['test'])),
    dryRun: values['dry-run'] === true,
    maxRecords: numberOf(textOf(values['max-records'])),
    tokens: textOf(values['tokens']),
  };
}

function testOf(value: string | undefined): ProgramOptions['test'] {
  if (value === undefined || value === 'disabled') return undefined;
  if (value === 'schema') return 'schema';
  if (value === 'all' || value === 'records') return 'records';
  throw hostError('usage', {
    message: `--test cannot be "${value}"`,
    hint: 'use all, schema, records or disabled',
  });
}

function numberOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(value)) return Number(value);
  throw hostError('usage', {
    message: `--max-records cannot be "${value}"`,
    hint: 'give a whole number of at least 1',
  });
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
  return testOf(textOf(values['test'])) === undefined ? 'run' : 'test';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

import type { Connector } from '../connector.ts';

const ofTap: readonly (readonly [string, string])[] = [
  ['--discover', 'print the catalog'],
  ['--catalog FILE', 'read the streams that this catalog selects; - is standard input'],
  ['--state FILE', 'go on from this state; - is standard input'],
  ['--test[=WHAT]', 'try every stream: schema, records (one of each), or all'],
  ['--dry-run', 'read, but print no messages; the counts are logged'],
  ['--max-records N', 'read at most so many records of each stream'],
];

/** Of targets and mappers. */
const ofReader: readonly (readonly [string, string])[] = [
  ['--input FILE', 'read messages from a file instead of standard input'],
];

const ofBoth: readonly (readonly [string, string])[] = [
  ['--config FILE|ENV', 'settings from a JSON file or the environment; may be given several times'],
  ['--tokens FILE', 'keep credentials here that change by themselves'],
  ['--about', 'describe this program; with --format json, markdown or text'],
  ['--version', 'print the version'],
  ['--help', 'print this'],
];

/** What `--help` prints. */
export function renderHelp({ kind, about }: Connector): string {
  const options = [...(kind === 'tap' ? ofTap : ofReader), ...ofBoth];
  const lines = options.map(([option, text]) => `  ${option.padEnd(20)}${text}`);
  return [`Usage: ${about.name} [options]`, '', about.description, '', 'Options:', ...lines, ''].join('\n');
}

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { errorMessage } from '@meltano/foundation/errors';
import { authoringError } from './errors.ts';

/** The options and words of a command; what it does not have is a mistake in its use. `help` is the line that tells more. */
export function parseArguments<const O extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: O,
  help: string,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw authoringError('usage', { message: errorMessage(cause), hint: `see ${help}`, cause });
  }
}

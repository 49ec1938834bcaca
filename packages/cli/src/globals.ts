import { cliError } from './errors.ts';

/** Options before the command, as they were given; undefined when they were not. */
export interface GlobalOptions {
  readonly logLevel: string | undefined;
  readonly logFormat: string | undefined;
  readonly logConfig: string | undefined;
  /** A name; null for `--no-environment`. */
  readonly environment: string | null | undefined;
  readonly cwd: string | undefined;
  readonly envFile: string | undefined;
}

/** What the program touches of the process that runs it; tests hand in their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Columns of a terminal; undefined for anything else, where nothing is wrapped or cut. */
export function widthOf(stream: OutputStream): number | undefined {
  return stream.isTTY === true ? (stream.columns ?? 80) : undefined;
}

/** The spellings that Meltano takes for true in its own variables. */
export function isTruthyText(text: string | undefined): boolean {
  return text !== undefined && /^(?:1|true|t|yes|y|on)$/i.test(text.trim());
}

/** Colour only where a terminal shows it, unless `FORCE_COLOR` asks; `NO_COLOR` and a dumb terminal refuse. */
export function wantsColour(stream: OutputStream, env: Terminal['env']): boolean {
  if (isTruthyText(env['NO_COLOR']) || env['TERM'] === 'dumb') return false;
  return isTruthyText(env['FORCE_COLOR']) || stream.isTTY === true;
}

/** A variable that stands for a flag of a command; what is neither true nor false is a usage error. */
export function flagVariable(env: Terminal['env'], name: string): boolean {
  const text = (env[name] ?? '').trim();
  if (text === '' || /^(?:0|false|f|no|n|off)$/i.test(text)) return false;
  if (isTruthyText(text)) return true;
  throw cliError('usage', {
    message: `Invalid value for the variable ${name}: '${text}' is not a valid boolean`,
    hint: `set ${name} to true or false`,
  });
}

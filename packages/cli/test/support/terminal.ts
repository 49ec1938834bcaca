import { spawn, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { cleanEnv, meltanoProgram } from './meltano-program.ts';

/** The program in a pseudo-terminal comes from util-linux; other systems have a `script` of another kind. */
export const hasTerminal =
  process.platform === 'linux' && spawnSync('script', ['--version']).stdout?.includes('util-linux') === true;

export interface TerminalOptions {
  readonly cwd: string;
  readonly columns: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface TerminalResult {
  readonly code: number | null;
  /** All that was written, escape codes among it, line ends as `\n`. */
  readonly raw: string;
  /** What stands there at the end, without colours; a live part that was erased is not among it. */
  readonly lines: readonly string[];
}

/** Runs the program as somebody at a terminal of so many columns sees it. */
export async function atTerminal(
  args: readonly string[],
  { cwd, columns, env = {} }: TerminalOptions,
): Promise<TerminalResult> {
  const command = [meltanoProgram, ...args].map(quote).join(' ');
  const child = spawn('script', ['-qefc', `stty cols ${columns} rows 50; exec ${command}`, '/dev/null'], {
    cwd,
    env: { ...cleanEnv(cwd), LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', CI: '', ...env },
    // Kept open: its end would be typed into the terminal.
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  const raw = Buffer.concat(output).toString().replaceAll('\r\n', '\n').replaceAll('\r', '');
  return { code, raw, lines: play(raw) };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Goes up and erases as the terminal does. */
function play(raw: string): readonly string[] {
  let lines: string[] = [''];
  // oxlint-disable-next-line no-control-regex -- escape sequences
  for (const [token, up] of raw.matchAll(
    /\u001b\[(\d+)A|\u001b\[0J|\n|(?:(?!\u001b\[\d+A|\u001b\[0J)[^\n])+/g,
  )) {
    if (token === '\n') lines.push('');
    else if (up !== undefined) lines = [...lines.slice(0, lines.length - 1 - Number(up)), ''];
    else if (token !== '\u001b[0J') lines[lines.length - 1] += token;
  }
  return lines.map((line) => stripVTControlCharacters(line)).map(expandTabs);
}

function expandTabs(line: string): string {
  return line.replace(/^\t+/, (tabs) => ' '.repeat(8 * tabs.length));
}

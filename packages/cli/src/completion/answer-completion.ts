import type { Host } from '../host.ts';
import { createProgram } from '../program.ts';
import { type Completion, type Completions, findCompletions } from './find-completions.ts';
import { projectNames } from './project-names.ts';
import { type CompletionShell, completionScript, completionShells } from './shell-scripts.ts';
import { parseTypedLine, type TypedLine } from './typed-line.ts';

/**
 * Answers a shell, in the way of programs made with Click: `bash_source` prints the script that it reads once, `bash_complete` what fits at the cursor
 * (`zsh_…`, `fish_…` alike). Returns the exit code: 1 for an instruction that is none.
 */
export async function answerCompletion(instruction: string, host: Host): Promise<number> {
  const [name, action] = instruction.split('_');
  const shell = completionShells.find((each) => each === name);
  if (shell === undefined || (action !== 'source' && action !== 'complete')) return 1;
  if (action === 'source') host.writeOut(completionScript(shell));
  else for (const line of await answerLines(shell, host)) host.writeOut(`${line}\n`);
  return 0;
}

async function answerLines(shell: CompletionShell, host: Host): Promise<readonly string[]> {
  const line = parseTypedLine(shell, host.terminal.env);
  const found = findCompletions(createProgram(host), line);
  if (found.kind === 'path') return [renderCompletion(shell, found.path, { value: line.incomplete })];
  const words = found.kind === 'words' ? found.words : await nameWords(found, line, host);
  return words
    .filter((word) => word.value.startsWith(line.incomplete))
    .map((word) => renderCompletion(shell, 'plain', { ...word, value: word.value.slice(line.kept.length) }));
}

async function nameWords(
  { names, of }: Extract<Completions, { kind: 'names' }>,
  line: TypedLine,
  host: Host,
): Promise<readonly Completion[]> {
  const found = await projectNames(placeOf(line, host), names, of);
  return found.map((name) => ({ value: optionPrefix(line) + name }));
}

/** `--job=` when a value is being typed in the same word. */
function optionPrefix({ incomplete }: TypedLine): string {
  return /^--[\w-]+=/.exec(incomplete)?.[0] ?? '';
}

function placeOf({ args }: TypedLine, { terminal }: Host) {
  const at = args.indexOf('--cwd');
  return { terminal, cwd: (at === -1 ? undefined : args[at + 1]) ?? terminal.cwd };
}

function renderCompletion(
  shell: CompletionShell,
  kind: 'plain' | 'dir' | 'file',
  { value, description }: Completion,
): string {
  switch (shell) {
    case 'bash':
      return `${kind},${value}`;
    case 'fish':
      return description === undefined ? `${kind},${value}` : `${kind},${value}\t${description}`;
    case 'zsh':
      // With a description the value ends at the first colon that is not escaped.
      return description === undefined
        ? `${kind}\n${value}\n_`
        : `${kind}\n${value.replaceAll(':', '\\:')}\n${description}`;
  }
}

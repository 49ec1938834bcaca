import type { Terminal } from '../globals.ts';
import type { CompletionShell } from './shell-scripts.ts';
import { splitTypedWords } from './split-typed-words.ts';

/** What stands before the cursor. */
export interface TypedLine {
  /** Complete words after the name of the program. */
  readonly args: readonly string[];
  /** The word at the cursor as far as it is typed. */
  readonly incomplete: string;
  /** The part of `incomplete` that the shell keeps by itself and that answers must leave out. */
  readonly kept: string;
}

/** Reads `COMP_WORDS` and `COMP_CWORD` as each shell sets them: a number, in fish the unfinished word. */
export function parseTypedLine(shell: CompletionShell, env: Terminal['env']): TypedLine {
  const words = splitTypedWords(env['COMP_WORDS'] ?? '');
  const cursor = env['COMP_CWORD'] ?? '';
  if (shell === 'fish') {
    const incomplete = splitTypedWords(cursor)[0] ?? '';
    const typed = words.slice(1);
    const args = incomplete !== '' && typed.at(-1) === incomplete ? typed.slice(0, -1) : typed;
    return { args, incomplete, kept: '' };
  }
  const at = Number(cursor) || 1;
  const args = words.slice(1, at);
  const incomplete = words[at] ?? '';
  return shell === 'bash' ? joinBrokenWords(args, incomplete) : { args, incomplete, kept: '' };
}

/** Bash breaks words at `:` and `=`, and puts an answer in place of the last piece alone. */
function joinBrokenWords(pieces: readonly string[], incomplete: string): TypedLine {
  const words: string[] = [];
  let glued = false;
  for (const piece of [...pieces, incomplete]) {
    const breaks = piece === ':' || (piece === '=' && words.at(-1)?.startsWith('--') === true);
    if ((breaks || glued) && words.length > 0) words.push(`${words.pop() ?? ''}${piece}`);
    else words.push(piece);
    glued = breaks;
  }
  const word = words.pop() ?? '';
  const broken = /^.*[:=]/s.exec(word)?.[0] ?? '';
  return { args: words, incomplete: word, kept: incomplete === word ? '' : broken };
}

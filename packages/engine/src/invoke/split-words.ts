import { invokeError } from './errors.ts';

/**
 * Cuts text into words as a POSIX shell does, without expanding anything: quotes group, a backslash takes
 * the next character as it is. Same results as Python's `shlex.split`. Throws `invoke.unbalanced_quotes`.
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] as string;
    const next = text[index + 1];
    if (quote === "'") {
      if (char === "'") quote = '';
      else word += char;
    } else if (char === '\\' && (quote === '' || next === '"' || next === '\\')) {
      if (next === undefined) throw unbalanced(text);
      word = (word ?? '') + next;
      index += 1;
    } else if (quote === '"') {
      if (char === '"') quote = '';
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quote !== '') throw unbalanced(text);
  if (word !== undefined) words.push(word);
  return words;
}

function unbalanced(text: string) {
  return invokeError('unbalanced_quotes', {
    message: `The arguments ${JSON.stringify(text)} end inside a quotation or after a backslash`,
    hint: 'close the quotation in the command\'s "args"',
  });
}

import { textWidth } from './text-width.ts';

export interface WrapShape {
  /** Columns of the terminal; undefined where there is none: then nothing is wrapped. */
  readonly width: number | undefined;
  /** Blanks before every line but the first. */
  readonly hang?: number;
}

/** Narrower than this a hanging indent leaves too little room for words. */
const leastRoom = 10;

/**
 * A text on lines that fit a terminal, broken between words. A word is never cut: a path or an address that is
 * longer than a line is left to the terminal, from which it can be copied whole.
 */
export function wrapText(text: string, { width, hang = 0 }: WrapShape): readonly string[] {
  if (width === undefined) return [text];
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(width, leastRoom), hang));
}

function wrapLine(line: string, width: number, hang: number): readonly string[] {
  if (textWidth(line) <= width) return [line];
  const indent = ' '.repeat(Math.min(hang, Math.max(width - leastRoom, 0)));
  const lines: string[] = [];
  let current = '';
  for (const [, gap = '', word = ''] of line.matchAll(words)) {
    if (current.trim() !== '' && textWidth(current + gap + word) > width) {
      lines.push(current);
      current = indent + word;
    } else current += gap + word;
  }
  return [...lines, current];
}

/** Each with the blanks before it; what stands between backquotes is typed as one, and is one word. */
const words = /( *)((?:`[^`]{1,60}`|[^ ])+)/g;

/**
 * What to type, below an error or a finding. What is a command as a whole, or ends in one, keeps the command
 * on one line of its own, however long, so that it can be copied.
 */
export function wrapHint(
  label: string,
  hint: string,
  shape: WrapShape & { readonly hang: number },
): readonly string[] {
  const [first = '', ...rest] = hint.split('\n');
  const indent = ' '.repeat(shape.hang);
  return [
    ...wrapStep(`${label}${first}`, first, shape),
    ...rest.flatMap((line) => wrapStep(indent + line, line, shape)),
  ];
}

function wrapStep(
  line: string,
  bare: string,
  shape: WrapShape & { readonly hang: number },
): readonly string[] {
  if (shape.width === undefined || textWidth(line) <= shape.width || isCommand(bare)) return [line];
  const at = line.search(/(?<=[:,]) meltano [a-z]/);
  if (at === -1 || !isCommand(line.slice(at + 1))) return wrapText(line, shape);
  return [...wrapText(line.slice(0, at), shape), `${' '.repeat(shape.hang)}${line.slice(at + 1)}`];
}

/** A command line and nothing else: no sentence goes on behind it. */
function isCommand(text: string): boolean {
  return /^(?:meltano|export|chmod|npm|uv) /.test(text) && !/[,;:] |\b(?:shows?|or|and|to) /.test(text);
}

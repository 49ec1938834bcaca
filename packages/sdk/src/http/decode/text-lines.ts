import { httpError } from '../errors.ts';
import { type BodyFacts, type Decoder, textOf } from './decoder.ts';

/** A line longer than this is taken for no lines at all (Invariant 9). */
const longestLine = 64 * 1024 * 1024;

/** A record for each line that is not blank, with the line in a member of this name. */
export function textLines(member: string, charset?: string): Decoder {
  return {
    isDocument: false,
    async *read(bytes, facts) {
      for await (const lines of linesOf(bytes, { ...facts, charset: charset ?? facts.charset }))
        yield lines.map(({ text }) => ({ [member]: text }));
    },
  };
}

export interface TextLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** The lines that are not blank, in groups, without their ends, which are LF or CR LF. */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
  facts: BodyFacts,
): AsyncGenerator<readonly TextLine[]> {
  let rest = '';
  let number = 0;
  const numbered = (lines: readonly string[]) =>
    lines
      .map((text) => {
        number += 1;
        return { text: text.endsWith('\r') ? text.slice(0, -1) : text, number };
      })
      .filter(({ text }) => text.trim() !== '');
  for await (const text of textOf(bytes, facts)) {
    const end = text.lastIndexOf('\n');
    if (end === -1) {
      rest += text;
      if (rest.length > longestLine) throw tooLong(facts.label, number + 1);
      continue;
    }
    const lines = `${rest}${text.slice(0, end)}`.split('\n');
    rest = text.slice(end + 1);
    yield numbered(lines);
  }
  yield numbered([rest]);
}

function tooLong(label: string, line: number) {
  return httpError('unreadable_body', {
    message: `${label} answers with lines of which line ${line} has more than ${longestLine} characters`,
    hint: 'compare an answer of the API with how it is read: decode',
    details: { url: label, line },
  });
}

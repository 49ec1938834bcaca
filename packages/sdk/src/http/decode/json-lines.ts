import type { JsonValue } from '@meltano/foundation/json';
import { httpError } from '../errors.ts';
import { parseBody } from '../parse-body.ts';
import type { Decoder } from './decoder.ts';
import { linesOf, type TextLine } from './text-lines.ts';

export interface JsonLinesOptions {
  /** How the lines are encoded, whatever the content type says. */
  readonly charset?: string;
}

/** A value of JSON in each line; blank lines are none. A line that is no JSON fails the stream (Invariant 4). */
export function jsonLines({ charset }: JsonLinesOptions = {}): Decoder {
  return {
    isDocument: false,
    async *read(bytes, facts) {
      for await (const lines of linesOf(bytes, { ...facts, charset: charset ?? facts.charset }))
        yield lines.map((line) => valueOf(line, facts.label));
    },
  };
}

function valueOf({ text, number }: TextLine, label: string): JsonValue {
  const value = parseBody(text);
  if (value !== undefined) return value;
  throw httpError('not_json', {
    message: `${label} answers with lines of which line ${number} is not JSON`,
    hint: 'compare an answer of the API with how it is read: lines of JSON have a whole value in each line',
    details: { url: label, line: number },
  });
}

import { httpError } from '../errors.ts';
import { jsonPath } from '../json-path.ts';
import { parseBody } from '../parse-body.ts';
import { type Decoder, textOf } from './decoder.ts';

export interface JsonDocumentOptions {
  /** How it is encoded, whatever the content type says. */
  readonly charset?: string;
  /** JSONPath of what counts as the body. Default: all of it. */
  readonly at?: string;
}

/** Characters of one document: there is no longer text. */
const longest = 512 * 1024 * 1024 - 32;

/** One value of JSON, as without a decoder: for `gzipped`, and for answers that hold less than all. */
export function jsonDocument({ charset, at }: JsonDocumentOptions = {}): Decoder {
  const find = at === undefined ? undefined : jsonPath(at);
  return {
    isDocument: true,
    async *read(bytes, facts) {
      let whole = '';
      for await (const text of textOf(bytes, { ...facts, charset: charset ?? facts.charset })) {
        if (whole.length + text.length > longest)
          throw unreadable(facts.label, 'too long for one value of JSON');
        whole += text;
      }
      const value = parseBody(whole);
      if (value === undefined) throw unreadable(facts.label, 'not JSON');
      yield [find === undefined ? value : [...find(value)]];
    },
  };
}

function unreadable(label: string, what: string) {
  return httpError('not_json', {
    message: `${label} answers with a body that is ${what}`,
    hint: 'compare an answer of the API with how it is read: decode',
    details: { url: label },
  });
}

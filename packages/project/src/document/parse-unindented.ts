import { Composer, type Document, Parser } from 'yaml';

export interface ParseOptions {
  readonly merge: true;
  readonly keepSourceTokens: boolean;
  readonly prettyErrors: false;
  readonly logLevel: 'error';
}

/** What is needed of the library's lexer; it has no option for this. */
interface Lexer {
  /** Columns that a line must be indented by to belong to what goes on. */
  indentNext: number;
  parseFlowCollection(): Generator<string>;
  parseQuotedScalar(): Generator<string>;
}

/**
 * Parses text in which lists and mappings in brackets, or quoted texts, go on in lines that are indented less
 * than where they began. YAML 1.2 forbids that, the parsers of Python read it, and so projects have it.
 */
export function parseUnindented(text: string, options: ParseOptions): Document.Parsed | undefined {
  const parser = new Parser();
  const { lexer } = parser as unknown as { readonly lexer: Lexer };
  lexer.parseFlowCollection = anyIndent(lexer, lexer.parseFlowCollection);
  lexer.parseQuotedScalar = anyIndent(lexer, lexer.parseQuotedScalar);
  const documents = [...new Composer(options).compose(parser.parse(text), true, text.length)];
  return documents.length === 1 ? (documents[0] as Document.Parsed) : undefined;
}

function anyIndent(lexer: Lexer, parse: () => Generator<string>): () => Generator<string> {
  return function* () {
    const { indentNext } = lexer;
    lexer.indentNext = 0;
    const next = yield* parse.call(lexer);
    lexer.indentNext = indentNext;
    return next;
  };
}

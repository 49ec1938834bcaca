import { fail, type Span } from '../failure.ts';
import { maxDepth } from '../limits.ts';
import type { Token } from './token.ts';

/** Words in their order, with what every rule of the grammar asks of them. */
export interface TokenReader {
  peek(ahead?: number): Token;
  take(): Token;
  /** Takes the next word when it is this operator or keyword. */
  takeIf(...texts: readonly string[]): (Token & { readonly text: string }) | undefined;
  is(...texts: readonly string[]): boolean;
  expect(text: string): Token;
  takeName(): Token & { readonly text: string };
  /** Where the last taken word ended. */
  lastEnd(): number;
  /** Runs a rule that may contain itself; refuses what is nested too deeply. */
  nested<T>(rule: () => T): T;
}

export const keywords: ReadonlySet<string> = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

export function createTokenReader(tokens: readonly Token[]): TokenReader {
  let at = 0;
  let depth = 0;
  const peek = (ahead = 0): Token => {
    const token = tokens[Math.min(at + ahead, tokens.length - 1)];
    if (token === undefined) fail('SyntaxError', 'there is no expression');
    return token;
  };
  const is = (...texts: readonly string[]) => {
    const token = peek();
    return isWord(token) && texts.includes(token.text);
  };
  const reader: TokenReader = {
    peek,
    is,
    take() {
      const token = peek();
      at += 1;
      return token;
    },
    takeIf(...texts) {
      const token = peek();
      if (!isWord(token) || !texts.includes(token.text)) return undefined;
      at += 1;
      return token;
    },
    expect(text) {
      return reader.takeIf(text) ?? unexpected(peek(), `${text} is missing before this`);
    },
    takeName() {
      const token = peek();
      if (token.kind !== 'name' || keywords.has(token.text))
        return unexpected(token, 'a name is missing here');
      at += 1;
      return token;
    },
    lastEnd: () => tokens[at - 1]?.end ?? 0,
    nested(rule) {
      depth += 1;
      if (depth > maxDepth) fail('SyntaxError', 'this is nested too deeply', peek());
      const value = rule();
      depth -= 1;
      return value;
    },
  };
  return reader;
}

function isWord(token: Token): token is Token & { readonly text: string } {
  return token.kind === 'name' || token.kind === 'operator';
}

export function unexpected(token: Span & { readonly kind: string }, message: string): never {
  fail('SyntaxError', token.kind === 'end' ? 'the expression is not finished' : message, token);
}

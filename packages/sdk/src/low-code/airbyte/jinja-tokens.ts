/** A part of an expression of Jinja. */
export interface JinjaToken {
  readonly kind: 'text' | 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
}

/** What an expression of Jinja has that has no counterpart here. */
export class Untranslatable extends Error {}

const token =
  /\s*(?:("(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(\*\*|\/\/|[=!<>]=|[-+*/%<>=~|.,:()[\]{}]))/y;

/** Reads token after token of an expression. */
export interface JinjaReader {
  peek(ahead?: number): JinjaToken;
  take(): JinjaToken;
  /** Takes the next token where it is one of these signs or words. */
  takeIf(...texts: readonly string[]): JinjaToken | undefined;
  /** Throws where the next token is another one. */
  expect(text: string): void;
}

export function readJinja(text: string): JinjaReader {
  const tokens = tokensOf(text);
  let at = 0;
  const end: JinjaToken = { kind: 'end', text: '' };
  const reader: JinjaReader = {
    peek: (ahead = 0) => tokens[at + ahead] ?? end,
    take() {
      at += 1;
      return tokens[at - 1] ?? end;
    },
    takeIf(...texts) {
      const next = reader.peek();
      return next.kind !== 'text' && texts.includes(next.text) ? reader.take() : undefined;
    },
    expect(sign) {
      if (reader.takeIf(sign) === undefined)
        throw new Untranslatable(`"${sign}" is missing before "${reader.peek().text || 'the end'}"`);
    },
  };
  return reader;
}

function tokensOf(text: string): readonly JinjaToken[] {
  const tokens: JinjaToken[] = [];
  token.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = token.lastIndex) {
    token.lastIndex = at;
    const [, quoted, number, name, sign] = token.exec(text) ?? [];
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else throw new Untranslatable(`"${text.slice(at).trim().slice(0, 20)}" is not understood`);
  }
  return tokens;
}

import type { Span } from '../failure.ts';

export type Token =
  | NumberToken
  | TextToken
  | BytesToken
  | TemplateToken
  | (Span & { readonly kind: 'name'; readonly text: string })
  | (Span & { readonly kind: 'operator'; readonly text: string })
  /** A line break outside of brackets, or a semicolon. */
  | (Span & { readonly kind: 'break' })
  | (Span & { readonly kind: 'end' });

export interface NumberToken extends Span {
  readonly kind: 'number';
  /** `int` is a bigint, `float` a number. */
  readonly value: bigint | number;
}

export interface TextToken extends Span {
  readonly kind: 'text';
  readonly value: string;
}

export interface BytesToken extends Span {
  readonly kind: 'bytes';
  readonly value: Uint8Array;
}

export interface TemplateToken extends Span {
  readonly kind: 'template';
  readonly pieces: readonly TemplatePiece[];
}

/** Text, or the place of an expression in the text of the whole. */
export type TemplatePiece = string | TemplateField;

export interface TemplateField {
  readonly expression: Span;
  readonly format: readonly TemplatePiece[] | undefined;
}

/** How a string literal is written. */
export interface Quoting {
  readonly quote: string;
  readonly raw: boolean;
}

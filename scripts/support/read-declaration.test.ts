import { expect, it } from 'vitest';
import { readDeclaration } from './read-declaration.ts';

const source = `import { x } from './x.ts';

/** Does it.
 * In two lines. */
export async function run<T>(
  options: Options<T>,
  { log = {} }: { readonly log?: object } = {},
): Promise<T> {
  return options.make({});
}

/** What it takes. */
export interface Options<T> extends Other {
  /** Is { not } a bracket. */
  readonly name: string;
  readonly kind?:
    | 'a'
    | 'b';
  make(given: {
    readonly inner: string;
  }): T;
}

export type Kind = 'a' | 'b';

/** Makes. */
export const all = {
  /** A text. */
  text: (size: number) => x(size),
  plain: x('a'),
} as const;
`;

it('reads a function without its body', () => {
  expect(readDeclaration(source, 'run')).toMatchObject({
    kind: 'function',
    comment: 'Does it.\nIn two lines.',
    signature: `async function run<T>(
  options: Options<T>,
  { log = {} }: { readonly log?: object } = {},
): Promise<T>`,
  });
});

it('reads an interface with its members and their comments', () => {
  expect(readDeclaration(source, 'Options')).toEqual({
    name: 'Options',
    kind: 'interface',
    comment: 'What it takes.',
    signature: 'interface Options<T> extends Other',
    members: [
      { signature: 'name: string', comment: 'Is { not } a bracket.' },
      { signature: "kind?: | 'a' | 'b'", comment: '' },
      { signature: 'make(given: { readonly inner: string; }): T', comment: '' },
    ],
  });
});

it('reads types and constants', () => {
  expect(readDeclaration(source, 'Kind')?.signature).toBe("type Kind = 'a' | 'b'");
  expect(readDeclaration(source, 'all')?.members).toEqual([
    { signature: 'text(size: number)', comment: 'A text.' },
    { signature: 'plain', comment: '' },
  ]);
});

it('knows what is not exported', () => {
  expect(readDeclaration(source, 'x')).toBeUndefined();
});

it('reads the members of an interface whose head takes several lines', () => {
  const wrapped = `export interface Wide<S extends Record<string, unknown>>
  extends Other,
    Pick<Another<S>, 'a' | 'b'> {
  /** The first. */
  readonly one: string;
  two(): S;
}
`;
  expect(readDeclaration(wrapped, 'Wide')).toMatchObject({
    signature: "interface Wide<S extends Record<string, unknown>> extends Other, Pick<Another<S>, 'a' | 'b'>",
    members: [
      { signature: 'one: string', comment: 'The first.' },
      { signature: 'two(): S', comment: '' },
    ],
  });
});

import type { Span } from '../failure.ts';
import type { Node } from './node.ts';
import type { TokenReader } from './token-reader.ts';

/** The rules of the grammar that others contain, with the words they read. */
export interface Parsing extends TokenReader {
  /** Expressions with commas between them make a tuple. */
  tuple(): Node;
  /** Anything but a tuple without brackets. */
  value(): Node;
  /** A value, or `*value`. */
  starred(): Node;
  /** A value that is no conditional expression. */
  or(): Node;
  /** The expression that stands at these offsets of the text, inside braces of an f-string. */
  within(span: Span): Node;
}

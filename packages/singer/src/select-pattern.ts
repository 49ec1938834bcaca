import { singerError } from './errors.ts';

/** A pattern of a `select` list: `[!]<stream>[.<property>…]`. */
export interface SelectPattern {
  readonly negated: boolean;
  /** A glob over `tap_stream_id`. */
  readonly stream: string;
  /** Globs per level of nesting; undefined when the pattern names a stream alone. */
  readonly property: readonly string[] | undefined;
  readonly text: string;
}

/**
 * Reads a selection pattern. The stream ends at the first dot without a backslash before it; `\.` is a dot
 * within a name, in the stream and in property names alike.
 */
export function parseSelectPattern(text: string): SelectPattern {
  const negated = text.startsWith('!');
  const [stream = '', ...property] = splitAtDots(negated ? text.slice(1) : text);
  if (stream === '') {
    throw singerError('invalid_pattern', {
      message: `Selection pattern "${text}" names no stream`,
      hint: 'write <stream>, <stream>.<property> or !<stream>.<property>; * stands for any text',
    });
  }
  return { negated, stream, property: property.length === 0 ? undefined : property, text };
}

/** Splits at dots that have no backslash before them, and takes the backslash of the others away. */
export function splitAtDots(text: string): readonly string[] {
  return text.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'));
}

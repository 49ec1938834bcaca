import { Failure, type Span } from './failure.ts';
import type { Functions } from './functions.ts';
import type { NameNode, Node } from './syntax/node.ts';
import type { Value } from './value/value.ts';

/** What one evaluation has of its own. */
export interface Frame {
  /** What the names of the expression are looked up in. */
  environment: unknown;
  /** Variables of comprehensions, by their slots. */
  readonly locals: (Value | undefined)[];
  /** Items that comprehensions have gone through. */
  steps: number;
}

/** A part of an expression, ready to run. */
export type Run = (frame: Frame) => Value;

/** What the compiler of one expression knows. */
export interface Compiling {
  readonly functions: Functions;
  /** A member that is not there, or of nothing, is None. */
  readonly absentIsNull: boolean;
  compile(node: Node): Run;
  name(node: NameNode): Run;
  /** Variables that hide other names while `work` compiles what may use them. */
  withVariables<T>(names: readonly string[], work: (slots: readonly number[]) => T): T;
}

/** Says where in the expression a failure happened. */
export function located(span: Span, run: Run): Run {
  return (frame) => {
    try {
      return run(frame);
    } catch (error) {
      if (error instanceof Failure) error.place ??= { start: span.start, end: span.end };
      throw error;
    }
  };
}

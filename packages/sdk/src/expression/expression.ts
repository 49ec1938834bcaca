import type { AppError } from '@meltano/foundation/errors';
import { compileNode } from './compile.ts';
import type { Compiling, Frame, Run } from './compiling.ts';
import { expressionError } from './errors.ts';
import { Failure, fail, type Span } from './failure.ts';
import { createFunctions, type ExpressionWorld, type Functions } from './functions.ts';
import type { NameNode, Node } from './syntax/node.ts';
import { parseExpression } from './syntax/parse.ts';
import { assertSize } from './value/assert-size.ts';
import type { Value } from './value/value.ts';

/** An expression of Python, compiled once and evaluated for every record. */
export interface Expression<E> {
  readonly text: string;
  readonly node: Node;
  /** Throws an `AppError` with the code `expression.failed`; its message names no value. */
  evaluate(environment: E): Value;
}

export interface ExpressionOptions<E> {
  readonly functions: Functions;
  /** For messages: what the expression is for, e.g. `stream_maps.users.email`. */
  readonly label: string;
  /**
   * A member that is not there, or of None, is None: `a.b or 'x'` is `'x'`. None holds nothing, and is neither more nor
   * less than anything. Default: these fail, as in Python.
   */
  readonly absentIsNull?: boolean;
  /**
   * How a name is looked up; undefined for names that never have a value. What is returned may give undefined for
   * an environment that does not have the name.
   */
  name(name: string): ((environment: E) => Value | undefined) | undefined;
}

export { createFunctions, type ExpressionWorld, type Functions };

/**
 * Parses and compiles an expression in the subset of Python that stream maps of the Meltano SDK allow. Nothing of it
 * is ever handed to the host to be evaluated. Throws `expression.syntax` and `expression.not_available`.
 */
export function compileExpression<E>(text: string, options: ExpressionOptions<E>): Expression<E> {
  const { node, run, slots } = explained(text, options.label, () => {
    const parsed = parseExpression(text);
    return { node: parsed, ...compileWhole(parsed, options) };
  });
  const frame: Frame = { environment: undefined, locals: Array.from({ length: slots }), steps: 0 };
  return {
    text,
    node,
    evaluate(environment) {
      frame.environment = environment;
      frame.steps = 0;
      try {
        const value = run(frame);
        if (typeof value === 'object') assertSize(value);
        return value;
      } catch (error) {
        throw explain(error, text, options.label);
      }
    },
  };
}

function compileWhole<E>(node: Node, options: ExpressionOptions<E>): { run: Run; slots: number } {
  const variables = new Map<string, number[]>();
  let slots = 0;
  const compiling: Compiling = {
    functions: options.functions,
    absentIsNull: options.absentIsNull ?? false,
    compile: (each) => compileNode(each, compiling),
    name: (each) => variable(each, variables) ?? outerName(each, options),
    withVariables(names, work) {
      const taken = names.map((name) => {
        const slot = slots;
        slots += 1;
        variables.set(name, [...(variables.get(name) ?? []), slot]);
        return slot;
      });
      const result = work(taken);
      for (const name of names) variables.get(name)?.pop();
      return result;
    },
  };
  const run = compiling.compile(node);
  return { run, slots };

  /** A variable that has no value yet does not hide what is outside of its comprehension. */
  function variable(each: NameNode, known: ReadonlyMap<string, readonly number[]>): Run | undefined {
    const slotsOfName = [...(known.get(each.name) ?? [])].reverse();
    if (slotsOfName.length === 0) return undefined;
    const outer = outerName(each, options);
    return (frame) => {
      for (const slot of slotsOfName) {
        const value = frame.locals[slot];
        if (value !== undefined) return value;
      }
      return outer(frame);
    };
  }
}

function outerName<E>({ name }: NameNode, { functions, name: lookUp }: ExpressionOptions<E>): Run {
  const read = lookUp(name);
  const known = functions.get(name);
  return ({ environment }) => {
    const value = read?.(environment as E);
    if (value !== undefined) return value;
    return known ?? fail('NameNotDefined', `"${name}" is not defined`);
  };
}

function explained<T>(text: string, label: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explain(error, text, label);
  }
}

/** What happened, with the expression and the place in it. */
function explain(error: unknown, text: string, label: string): unknown {
  const failure = error instanceof RangeError ? hostFailure(error) : error;
  if (!(failure instanceof Failure)) return error;
  const place = failure.place ?? { start: 0, end: text.length };
  return toAppError(failure, place, text, label);
}

/** The host's own limits: of the stack, and of the length of a text. */
function hostFailure({ message }: RangeError): Failure {
  return message.includes('call stack')
    ? new Failure('SyntaxError', 'this is nested too deeply')
    : new Failure('IterableTooLong', 'the result is too long');
}

function toAppError({ kind, message }: Failure, { start, end }: Span, text: string, label: string): AppError {
  const before = text.slice(0, start);
  const line = before.split('\n').length;
  const column = start - before.lastIndexOf('\n');
  const part = text.slice(start, end);
  const where = part === '' || part === text ? '' : ` at ${JSON.stringify(shortened(part))}`;
  const reason = kind === 'SyntaxError' ? 'syntax' : unavailable.has(kind) ? 'not_available' : 'failed';
  const happened = reason === 'failed' ? 'failed' : 'cannot be used';
  return expressionError(reason, {
    message: `The expression ${JSON.stringify(shortened(text))} of ${label} ${happened}${where}: ${message}`,
    hint: hints[reason],
    place: {
      file: label,
      line,
      column,
      length: Math.max(1, part.split('\n')[0]?.length ?? 1),
      text: text.split('\n')[line - 1] ?? '',
    },
    details: { expression: text, kind, start, end },
  });
}

const unavailable: ReadonlySet<string> = new Set(['FeatureNotAvailable', 'FunctionNotDefined']);

const hints = {
  syntax: 'write it as Python would',
  not_available: 'see docs/reference/stream-maps.md for what expressions have',
  failed: 'make the expression answer for such records, too, for example with "… if … else None"',
} as const;

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

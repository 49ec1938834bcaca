/** The exceptions of Python (and of its `simpleeval`) that an expression can end in. */
export type FailureKind =
  | 'SyntaxError'
  | 'TypeError'
  | 'ValueError'
  | 'KeyError'
  | 'IndexError'
  | 'AttributeError'
  | 'ZeroDivisionError'
  | 'OverflowError'
  | 'UnicodeError'
  | 'FeatureNotAvailable'
  | 'NameNotDefined'
  | 'FunctionNotDefined'
  | 'AttributeDoesNotExist'
  | 'NumberTooHigh'
  | 'IterableTooLong';

/**
 * Thrown inside an expression; outside of it there are only `AppError`s. The message is ours and never quotes a
 * value of a record, which may be personal.
 */
export class Failure extends Error {
  readonly kind: FailureKind;
  /** Where in the expression, as offsets of its text; the innermost place that is known. */
  place: Span | undefined;

  constructor(kind: FailureKind, message: string, place?: Span) {
    super(message);
    this.kind = kind;
    this.place = place;
  }
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export function fail(kind: FailureKind, message: string, place?: Span): never {
  throw new Failure(kind, message, place);
}

import { isAppError } from '@meltano/foundation/errors';
import { compileExpression, type Functions } from '../expression/expression.ts';

/** Makes the new name of a stream. */
export type Alias = (stream: string) => string;

/**
 * An alias is an expression that sees `__stream_name__`; one that has a name nobody knows, such as `my-users` or
 * `other.users`, stands for itself, and so does one that makes no text.
 */
export function compileAlias(text: string, key: string, functions: Functions): Alias {
  const { evaluate } = compileExpression<string>(text.trim(), {
    functions,
    label: `stream_maps.${key}.__alias__`,
    name: (name) => (name === '__stream_name__' ? (stream) => stream : undefined),
  });
  return (stream) => {
    try {
      const name = evaluate(stream);
      return typeof name === 'string' ? name : text;
    } catch (error) {
      if (isAppError(error) && error.details['kind'] === 'NameNotDefined') return text;
      throw error;
    }
  };
}

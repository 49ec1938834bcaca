import { fail } from '../failure.ts';
import type { Arguments } from './arguments.ts';
import { Callable, TypeValue } from './callable.ts';
import { kindOf, type Value } from './value.ts';

/** Calls a function, or makes a value of a type. */
export function callValue(callee: Value, args: Arguments): Value {
  if (callee instanceof Callable) return callee.call(args);
  if (callee instanceof TypeValue) return callee.make(args);
  return fail('TypeError', `a ${kindOf(callee)} cannot be called`);
}

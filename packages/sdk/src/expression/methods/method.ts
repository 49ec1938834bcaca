import { fail } from '../failure.ts';
import type { Arguments } from '../value/arguments.ts';
import { isTrue } from '../value/compare.ts';
import { indexOf } from '../value/numbers.ts';
import { iterate } from '../value/sequence.ts';
import { kindOf, Tuple, type Value } from '../value/value.ts';

/** A method of one type, called with its object. */
export type Method<Self = Value> = (self: Self, args: Arguments) => Value;

export type Methods = ReadonlyMap<string, Method>;

/** A table of methods for objects of one shape. Whoever looks one up has checked the type. */
export function methodsOf<Self extends Value>(methods: Readonly<Record<string, Method<Self>>>): Methods {
  return new Map(Object.entries(methods) as [string, Method][]);
}

/** An argument that must be a text. */
export function text(value: Value | undefined, name: string): string {
  if (typeof value !== 'string') fail('TypeError', `${name} must be a text, not a ${kindOf(value ?? null)}`);
  return value;
}

export function optionalText(value: Value | undefined, name: string): string | undefined {
  return value === undefined || value === null ? undefined : text(value, name);
}

/** An argument that must be an int, with what stands for a missing one. */
export function int(value: Value | undefined, name: string, otherwise?: number): number {
  if (value === undefined && otherwise !== undefined) return otherwise;
  return indexOf(value ?? null, name);
}

export function flag(value: Value | undefined, otherwise: boolean): boolean {
  return value === undefined ? otherwise : isTrue(value);
}

/** A text, or a tuple of texts, as `startswith` takes it. */
export function texts(value: Value | undefined, name: string): readonly string[] {
  return value instanceof Tuple ? value.items.map((item) => text(item, name)) : [text(value, name)];
}

export function items(value: Value | undefined): readonly Value[] {
  return iterate(value ?? null);
}

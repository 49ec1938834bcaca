import { fail } from '../failure.ts';
import type { Value } from './value.ts';

/** What a function is called with. */
export class Arguments {
  /** For messages. */
  readonly callee: string;
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;

  constructor(callee: string, positional: readonly Value[], named: ReadonlyMap<string, Value> = none) {
    this.callee = callee;
    this.positional = positional;
    this.named = named;
  }

  /** The values of the parameters in their order; a name that ends in `?` may be left out. */
  bind(...parameters: readonly string[]): readonly (Value | undefined)[] {
    const { callee, positional, named } = this;
    if (positional.length > parameters.length)
      fail('TypeError', `${callee}() takes at most ${parameters.length} arguments`);
    let used = 0;
    const values = parameters.map((parameter, at) => {
      const name = parameter.replace('?', '');
      if (at < positional.length) return positional[at];
      const value = named.get(name);
      if (value !== undefined) used += 1;
      else if (!parameter.endsWith('?')) fail('TypeError', `${callee}() needs an argument ${name}`);
      return value;
    });
    if (used < named.size) fail('TypeError', `${callee}() has no such named argument, or has it twice`);
    return values;
  }

  /** The only argument, for functions of one. */
  one(): Value {
    const [value, ...more] = this.positional;
    if (value === undefined || more.length > 0 || this.named.size > 0)
      fail('TypeError', `${this.callee}() takes one argument`);
    return value;
  }

  /** For functions that take none. */
  none(): void {
    if (this.positional.length > 0 || this.named.size > 0)
      fail('TypeError', `${this.callee}() takes no arguments`);
  }
}

const none: ReadonlyMap<string, Value> = new Map();

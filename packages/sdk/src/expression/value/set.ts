import { keyOf } from './equality.ts';
import { Boxed, type Value } from './value.ts';

/** Python's `set`; its items keep the order in which they came. */
export class SetValue extends Boxed {
  readonly kind = 'set';
  readonly items: Map<string, Value>;

  constructor(items: Iterable<Value> = []) {
    super();
    this.items = new Map();
    for (const item of items) this.add(item);
  }

  add(item: Value): void {
    const id = keyOf(item);
    if (!this.items.has(id)) this.items.set(id, item);
  }

  has(item: Value): boolean {
    return this.items.has(keyOf(item));
  }

  values(): readonly Value[] {
    return [...this.items.values()];
  }
}

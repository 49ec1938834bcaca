import type { Arguments } from './arguments.ts';
import { Boxed, type Kind, type Value } from './value.ts';

/** A function, or a method with its object. */
export class Callable extends Boxed {
  readonly kind = 'function';
  readonly name: string;
  readonly call: (args: Arguments) => Value;
  constructor(name: string, call: (args: Arguments) => Value) {
    super();
    this.name = name;
    this.call = call;
  }
}

export type Members = ReadonlyMap<string, Value | (() => Value)>;

/** A type as a value: called, it makes one; its members are constants and class methods. */
export class TypeValue extends Boxed {
  readonly kind = 'type';
  readonly name: Kind;
  readonly make: (args: Arguments) => Value;
  readonly members: Members;
  constructor(name: Kind, make: (args: Arguments) => Value, members: Members = new Map()) {
    super();
    this.name = name;
    this.make = make;
    this.members = members;
  }
}

/** `datetime`, `json`. */
export class ModuleValue extends Boxed {
  readonly kind = 'module';
  readonly name: string;
  readonly members: Members;
  constructor(name: string, members: Members) {
    super();
    this.name = name;
    this.members = members;
  }
}

/** An object of the host, such as `fake`, of which only these members are seen. */
export class HostObject extends Boxed {
  readonly kind = 'object';
  readonly name: string;
  readonly member: (name: string) => Value | undefined;
  constructor(name: string, member: (name: string) => Value | undefined) {
    super();
    this.name = name;
    this.member = member;
  }
}

/**
 * Reads a member of records by a name that comes from outside: `constructor` or `toString` is undefined where
 * a record does not have it itself.
 */
export function readMember<T>(name: string): (record: Readonly<Record<string, T>>) => T | undefined {
  if (name in Object.prototype) return (record) => (Object.hasOwn(record, name) ? record[name] : undefined);
  return (record) => record[name];
}

/** Sets a member whatever its name: assigning to `__proto__` would change the object's prototype instead. */
export function setMember<T>(record: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') record[name] = value;
  else Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

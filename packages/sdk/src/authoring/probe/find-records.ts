import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/** Where the records of a page are. */
export interface FoundRecords {
  /** JSONPath, or undefined when the page itself is the list. */
  readonly path: string | undefined;
  readonly records: readonly JsonObject[];
}

/** The longest list of objects in a body, the nearest to its top among equals; lists inside of records do not count. */
export function findRecords(body: JsonValue): FoundRecords | undefined {
  const found: (FoundRecords & { readonly depth: number })[] = [];
  const visit = (value: JsonValue, path: string, depth: number) => {
    if (isJsonArray(value)) {
      const records = value.filter(isJsonObject);
      if (records.length > 0 && records.length === value.length)
        found.push({ path: depth === 0 ? undefined : `${path}[*]`, records, depth });
      return;
    }
    if (!isJsonObject(value) || depth > 3) return;
    for (const [name, member] of Object.entries(value)) {
      if (/^[A-Za-z_][\w-]*$/.test(name)) visit(member, `${path}.${name}`, depth + 1);
    }
  };
  visit(body, '$', 0);
  const [best] = found.sort((a, b) => b.records.length - a.records.length || a.depth - b.depth);
  if (best !== undefined) return best;
  return isJsonObject(body) && Object.keys(body).length > 0
    ? { path: undefined, records: [body] }
    : undefined;
}

/** The property that names a record: there in all, different in all. */
export function findKey(records: readonly JsonObject[]): string | undefined {
  const names = Object.keys(records[0] ?? {});
  const isKey = (name: string) => {
    const values = records.map((record) => record[name]);
    const isPlain = values.every((value) => typeof value === 'string' || typeof value === 'number');
    return isPlain && new Set(values).size === records.length;
  };
  const likely = ['id', 'uuid', 'key', 'guid', 'sha', '_id', 'Id', 'ID'];
  return (
    likely.find((name) => names.includes(name) && isKey(name)) ??
    names.find((name) => /(?:^|_)(?:id|uuid|key|code)$|Id$/.test(name) && isKey(name))
  );
}

/** The time of the last change: a property of that name whose values are times. */
export function findReplicationKey(records: readonly JsonObject[]): string | undefined {
  const isTime = (name: string) =>
    records.every(
      (record) => typeof record[name] === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(record[name]),
    );
  const names = Object.keys(records[0] ?? {});
  const likely =
    /^(?:updated|modified|changed|last_?(?:updated|modified|changed))(?:_?(?:at|on|date|time|timestamp))?$/i;
  return names.find((name) => likely.test(name) && isTime(name));
}

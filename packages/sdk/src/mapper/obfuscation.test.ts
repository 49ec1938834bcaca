import { ExactNumber, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordsItem, SchemaItem } from '../connector.ts';
import { createObfuscation } from './obfuscation.ts';

const schema: SchemaItem = {
  kind: 'schema',
  stream: 'users',
  schema: {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      email: { type: ['string', 'null'] },
      age: { type: 'integer' },
      address: {
        type: 'object',
        properties: { street: { type: 'string' }, city: { type: 'string' } },
      },
      contacts: {
        type: 'array',
        items: { type: 'object', properties: { phone: { anyOf: [{ type: 'string' }, { type: 'null' }] } } },
      },
    },
  },
  keyProperties: ['id'],
  bookmarkProperties: [],
};

const record = {
  id: 1,
  email: 'ada@example.org',
  age: 36,
  address: { street: 'Long Lane 1', city: 'London' },
  contacts: [{ phone: '0123456789' }, { phone: null }],
};

function hide(rules: JsonObject, key?: string, given: JsonObject = record) {
  const { map } = createObfuscation(rules, key);
  const [described] = map(schema) as readonly SchemaItem[];
  const [mapped] = map({
    kind: 'records',
    stream: 'users',
    records: [given],
    bytes: 1,
  }) as readonly RecordsItem[];
  return {
    properties: (described?.schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>,
    record: (mapped?.records[0] ?? {}) as Readonly<Record<string, JsonValue>>,
  };
}

describe('methods', () => {
  test('hash: the same text for the same value and key, another for another key or salt', () => {
    const hash = (key: string, method: JsonValue) => hide({ users: { email: method } }, key).record['email'];
    const first = hash('k1', 'hash');
    // printf '\0ada@example.org' | openssl dgst -sha256 -hmac k1
    expect(first).toBe('8118a8e06d4aeb6a34619c4cf982b4e6c296abca7595cd0c76ecf583e4639b4e');
    expect(hash('k1', { method: 'hash' })).toBe(first);
    expect(new Set([first, hash('k2', 'hash'), hash('k1', { method: 'hash', salt: 's' })]).size).toBe(3);
  });

  test('tokenize: short, with a prefix, alike in all streams', () => {
    const { record: hidden } = hide({ '*': { email: { method: 'tokenize', prefix: 'u-' } } }, 'k');
    expect(hidden['email']).toMatch(/^u-[\w-]{22}$/);
  });

  test('mask: keeps what is asked for, and hides short texts whole', () => {
    const mask = (options: JsonObject, email: string) =>
      hide({ users: { email: { method: 'mask', ...options } } }, undefined, { email }).record['email'];
    expect(mask({ keep_last: 4 }, '4111222233334444')).toBe('************4444');
    expect(mask({ keep_first: 1, keep_last: 1, with: '#' }, 'abcdé')).toBe('a###é');
    expect(mask({ keep_last: 4 }, '12345')).toBe('*****');
    expect(mask({}, '')).toBe('');
  });

  test('redact: one text, or null', () => {
    expect(hide({ users: { email: 'redact' } }).record['email']).toBe('(redacted)');
    const { record: hidden, properties } = hide({ users: { age: { method: 'redact', with: null } } });
    expect(hidden['age']).toBeNull();
    expect(properties['age']).toEqual({ type: ['string', 'null'] });
  });

  test('numbers are hashed by their digits, objects whole; null stays null', () => {
    const big = hide({ users: { id: 'hash' } }, 'k', { id: new ExactNumber('12345678901234567890') });
    const text = hide({ users: { id: 'hash' } }, 'k', { id: '12345678901234567890' });
    expect(big.record['id']).toBe(text.record['id']);
    expect(hide({ users: { address: 'hash' } }, 'k').record['address']).toMatch(/^[0-9a-f]{64}$/);
    expect(hide({ users: { email: 'hash' } }, 'k', { email: null }).record['email']).toBeNull();
  });
});

describe('columns', () => {
  test('become texts in the schema; the others stay', () => {
    const { properties } = hide({ users: { email: 'redact', age: 'redact' } });
    expect(properties).toMatchObject({
      email: { type: ['string', 'null'] },
      age: { type: ['string'] },
      id: { type: 'integer' },
    });
  });

  test('within objects and lists are found by their paths and by patterns', () => {
    const { record: hidden, properties } = hide({
      'u*': { 'address.street': 'redact', '*phone*': 'redact' },
    });
    expect(hidden).toEqual({
      ...record,
      address: { street: '(redacted)', city: 'London' },
      contacts: [{ phone: '(redacted)' }, { phone: null }],
    });
    expect(properties['contacts']).toMatchObject({
      items: { properties: { phone: { type: ['string', 'null'] } } },
    });
  });

  test('that the schema does not know are hidden, too', () => {
    const { record: hidden } = hide({ '*': { '*secret*': 'redact' } }, undefined, { deep: { my_secret: 1 } });
    expect(hidden).toEqual({ deep: { my_secret: '(redacted)' } });
  });

  test('are hidden with all around them where a text stands for the object', () => {
    const given = {
      address: '{"street":"Long Lane 1"}',
      contacts: [{ phone: ['012', { deep: '345' }] }, '678'],
    };
    const { record: hidden } = hide(
      { users: { 'address.street': 'redact', 'contacts.phone': 'redact' } },
      undefined,
      given,
    );
    expect(hidden).toEqual({ address: '(redacted)', contacts: [{ phone: '(redacted)' }, '(redacted)'] });
  });

  test('never show a value of any kind, whatever the method', () => {
    const secret = fc.uuid();
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        secret,
        secret.map((text) => ({ [text]: text })),
        fc.array(tie('any')),
        fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('any')),
      ),
    })).any as fc.Arbitrary<JsonValue>;
    const methods: readonly JsonValue[] = [
      'hash',
      'tokenize',
      'redact',
      'mask',
      { method: 'redact', with: null },
    ];
    fc.assert(
      fc.property(value, fc.constantFrom(...methods), (hidden, method) => {
        const { map } = createObfuscation({ '*': { email: method, 'deep.email': method } }, 'key');
        map(schema);
        const found = map({
          kind: 'records',
          stream: 'users',
          bytes: 1,
          records: [{ email: hidden, deep: [{ email: hidden }] }],
        });
        expect(stringifyJson(found as never)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
      }),
    );
  });

  test('a name goes before a pattern, wherever it stands', () => {
    const rules = { '*': { '*': 'redact', email: { method: 'mask' }, id: 'hash' } };
    expect(hide(rules, 'k').record).toMatchObject({ email: '***************', age: '(redacted)' });
  });

  test('are hidden in texts in place of objects that a pattern reaches into, in branches and in defaults', () => {
    const { map } = createObfuscation({ users: { 'addr*.street': 'redact' } }, undefined);
    const street = { type: 'string', default: 'Long Lane' };
    const address = { type: 'object', properties: { street }, default: { street: 'Long Lane' } };
    const [described] = map({
      ...schema,
      schema: { properties: { address: { anyOf: [address, { type: 'null' }] } }, examples: ['Long Lane'] },
    });
    expect(JSON.stringify(described)).not.toContain('Long Lane');
    expect(described).toMatchObject({
      schema: { properties: { address: { anyOf: [{ properties: { street: { type: ['string'] } } }, {}] } } },
    });
    const given = { kind: 'records', stream: 'users', bytes: 1 } as const;
    expect(map({ ...given, records: [{ address: '{"street":"Long Lane"}' }] })).toMatchObject([
      { records: [{ address: '(redacted)' }] },
    ]);
  });

  test('are hidden in messages that nobody knows', () => {
    const { map } = createObfuscation({ users: { email: 'redact' } }, undefined);
    const body = { type: 'DELETE', stream: 'users', record: { id: 1, email: 'ada@example.org' } };
    expect(map({ kind: 'other', body })).toEqual([
      { kind: 'other', body: { ...body, record: { id: 1, email: '(redacted)' } } },
    ]);
  });

  test('of rules that hid nothing are told, but for streams that did not come', () => {
    const told: string[] = [];
    const log: Log = { log: (_, event) => told.push(event) };
    const rules = {
      users: { '*tax*': 'redact', email: 'redact' },
      Users: { age: 'redact' },
      orders: { x: 'redact' },
    };
    const mapping = createObfuscation(rules, undefined, log);
    mapping.map(schema);
    mapping.end();
    expect(told).toEqual([
      'The rule users.*tax* of obfuscate hid nothing: no schema has such a column',
      "The rule Users.age of obfuscate hid nothing: no such stream came: did you mean 'users', which passed as it was?",
    ]);
  });

  test('other streams pass as they are', () => {
    const { map } = createObfuscation({ orders: { '*': 'redact' } }, undefined);
    map(schema);
    const item = { kind: 'records', stream: 'users', records: [record], bytes: 1 } as const;
    expect(map(item)[0]).toBe(item);
  });
});

describe('is refused', () => {
  test.each([
    [{ users: 'hash' }, undefined, 'obfuscate.users must be an object of columns'],
    [
      { users: { a: 'md5' } },
      undefined,
      'obfuscate.users.a must have the method hash, tokenize, mask, redact',
    ],
    [{ users: { a: 'hash' } }, undefined, 'obfuscate.users.a needs obfuscate_key'],
    [{ users: { a: { method: 'mask', keep: 1 } } }, undefined, 'has no option "keep" for mask'],
    [{ users: { a: { method: 'mask', keep_last: -1 } } }, undefined, 'must be a whole number of at least 0'],
    [{ users: { a: { method: 'hash', salt: 5 } } }, 'k', 'obfuscate.users.a.salt must be a text'],
  ])('%j', (rules, key, message) => {
    expect(() => createObfuscation(rules as JsonObject, key)).toThrow(message);
  });

  test.each([
    ['emial', 'did you mean "email"?'],
    ['EMAIL', 'did you mean "email"?'],
    ['address__street', 'did you mean "address.street"?'],
  ])('for the column %s, which the stream has under nearly that name', (column, hint) => {
    const { map } = createObfuscation({ users: { [column]: 'redact' } }, undefined);
    expect(() => map(schema)).toThrow(
      expect.objectContaining({
        code: 'mapper.invalid_obfuscation',
        hint: expect.stringContaining(hint) as string,
      }),
    );
  });

  test('for a key, where different values would become one', () => {
    const { map } = createObfuscation({ users: { id: 'mask' } }, undefined);
    expect(() => map(schema)).toThrow('makes the key "id" of the stream users the same');
    expect(createObfuscation({ users: { id: 'tokenize' } }, 'k').map(schema)).toHaveLength(1);
  });

  test.each([
    { replication_key: 'age', replication_key_value: 36 },
    { partitions: [{ context: { email: 'ada@example.org' } }] },
  ])('for a column that a state turns out to hold: %j', (bookmark) => {
    const { map } = createObfuscation({ users: { email: 'redact', age: 'redact' } }, undefined);
    map(schema);
    expect(() => map({ kind: 'state', value: { bookmarks: { users: bookmark as JsonObject } } })).toThrow(
      'whose values the state of the run keeps',
    );
    expect(map({ kind: 'state', value: { bookmarks: { orders: bookmark as JsonObject } } })).toHaveLength(1);
  });

  test('for a column whose values the state holds', () => {
    const { map } = createObfuscation({ users: { at: 'redact' } }, undefined);
    expect(() => map({ ...schema, bookmarkProperties: ['at'] })).toThrow(
      expect.objectContaining({ code: 'mapper.invalid_obfuscation' }),
    );
  });
});

import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonEquals,
} from '@meltano/foundation/json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProjectFile } from '../document/parse-project-file.ts';
import type { DocumentEdit } from './document-edit.ts';
import { editDocument } from './edit-document.ts';
import { setIn } from './edit-value.ts';

const edit = (text: string, ...edits: readonly DocumentEdit[]) => editDocument('meltano.yml', text, edits);
const valueOf = (text: string): JsonObject =>
  parseProjectFile('meltano.yml', text, { mayBeEmpty: true }).value;

const sample = `# A project
default_environment: dev   # the usual one

plugins:
  extractors:
  # the shop
  - name: tap-shop  # ours
    variant: 'acme'
    pip_url: "acme-tap-shop==1.0"
    config:
      start_date: '2024-01-01'   # keep
      auth: {user: me, "password": $PW}

      nested:
        # deep
        a: 1
    select:
    - '*.*'
    - "!secret.*"    # private

  - name: tap-other
environments:
- name: dev
- name: prod  # careful
  config: # overrides
    plugins:
      extractors:
      - {name: tap-shop, config: {start_date: now}}
text: |
  two
  lines

# the end
`;

const shop = ['plugins', 'extractors', { name: 'tap-shop' }] as const;

describe('an edit changes its own lines and nothing else (Invariant 7)', () => {
  const cases: readonly [string, DocumentEdit, string, string][] = [
    [
      'a scalar keeps the comment behind it',
      { kind: 'set', path: [...shop, 'config', 'start_date'], value: '2025-01-01' },
      "start_date: '2024-01-01'   # keep",
      "start_date: '2025-01-01'   # keep",
    ],
    [
      'a key in braces',
      { kind: 'set', path: [...shop, 'config', 'auth', 'user'], value: 'you' },
      '{user: me,',
      '{user: you,',
    ],
    [
      'a new key in braces',
      { kind: 'set', path: [...shop, 'config', 'auth', 'mfa'], value: true },
      '"password": $PW}',
      '"password": $PW, mfa: true}',
    ],
    [
      'a removed key in braces',
      { kind: 'remove', path: [...shop, 'config', 'auth', 'user'] },
      '{user: me, "password"',
      '{"password"',
    ],
    [
      'a new key at the end of a mapping',
      { kind: 'set', path: [...shop, 'config', 'port'], value: 5432 },
      '        a: 1\n',
      '        a: 1\n      port: 5432\n',
    ],
    [
      'a new nested mapping',
      { kind: 'set', path: [...shop, 'config', 'x', 'y'], value: 'z' },
      '        a: 1\n',
      '        a: 1\n      x:\n        y: z\n',
    ],
    [
      'a new list item',
      { kind: 'append', path: [...shop, 'select'], value: 'users.*' },
      '# private\n',
      '# private\n    - users.*\n',
    ],
    ['a removed list item', { kind: 'remove', path: [...shop, 'select', 0] }, "    - '*.*'\n", ''],
    [
      'a new plugin',
      { kind: 'append', path: ['plugins', 'extractors'], value: { name: 'tap-x', config: { a: [1] } } },
      '  - name: tap-other\n',
      '  - name: tap-other\n  - name: tap-x\n    config:\n      a:\n      - 1\n',
    ],
    [
      'a removed plugin',
      { kind: 'remove', path: ['plugins', 'extractors', { name: 'tap-other' }] },
      '  - name: tap-other\n',
      '',
    ],
    [
      'a config for a plugin without one',
      { kind: 'set', path: ['plugins', 'extractors', { name: 'tap-other' }, 'config', 'a'], value: 1 },
      '  - name: tap-other\n',
      '  - name: tap-other\n    config:\n      a: 1\n',
    ],
    [
      'the first key of a list item',
      { kind: 'remove', path: [...shop, 'name'] },
      'name: tap-shop  # ours\n    variant',
      'variant',
    ],
    [
      'a text of several lines',
      { kind: 'set', path: ['text'], value: 'one' },
      'text: |\n  two\n  lines\n',
      'text: one\n',
    ],
    [
      'a list into a scalar',
      { kind: 'set', path: [...shop, 'select'], value: null },
      `select:\n    - '*.*'\n    - "!secret.*"    # private\n`,
      'select:\n',
    ],
    [
      'a scalar into a list',
      { kind: 'set', path: ['default_environment'], value: ['a'] },
      'default_environment: dev   # the usual one\n',
      'default_environment:   # the usual one\n- a\n',
    ],
    [
      'a new top-level key',
      { kind: 'set', path: ['env', 'A'], value: '1' },
      '  lines\n',
      "  lines\nenv:\n  A: '1'\n",
    ],
    [
      'an environment plugin in braces',
      {
        kind: 'set',
        path: [
          'environments',
          { name: 'prod' },
          'config',
          'plugins',
          'extractors',
          { name: 'tap-shop' },
          'config',
          'start_date',
        ],
        value: 'today',
      },
      'start_date: now',
      'start_date: today',
    ],
  ];
  test.each(cases)('%s', (_what, change, from, to) => {
    expect(sample).toContain(from);
    expect(edit(sample, change)).toBe(sample.replace(from, () => to));
  });

  test('setting what is there already changes nothing, however it is spelled', () => {
    const value = valueOf(sample);
    expect(edit(sample, { kind: 'set', path: [], value })).toBe(sample);
  });

  test('a collection is changed member by member', () => {
    const config = {
      start_date: '2024-01-01',
      auth: { user: 'me', password: '$PW' },
      nested: { a: 2 },
      more: [],
    };
    const edited = edit(sample, { kind: 'set', path: [...shop, 'config'], value: config });
    expect(edited).toBe(sample.replace('        a: 1\n', '        a: 2\n      more: []\n'));
  });

  test('a mapping that becomes empty is removed as far as allowed', () => {
    const text = 'a:\n  b:\n    c: 1\nd: 2\n';
    expect(edit(text, { kind: 'remove', path: ['a', 'b', 'c'], keep: 0 })).toBe('d: 2\n');
    expect(edit(text, { kind: 'remove', path: ['a', 'b', 'c'], keep: 1 })).toBe('a: {}\nd: 2\n');
    expect(edit(text, { kind: 'remove', path: ['a', 'b', 'c'] })).toBe('a:\n  b: {}\nd: 2\n');
  });

  test('new lines fit into a file with indented lists, Windows line ends and no last line end', () => {
    const text = 'jobs:\r\n    - name: a\r\n      tasks:\r\n          - x';
    expect(edit(text, { kind: 'append', path: ['jobs'], value: { name: 'b', tasks: ['y'] } })).toBe(
      'jobs:\r\n    - name: a\r\n      tasks:\r\n          - x\r\n    - name: b\r\n      tasks:\r\n          - y\r\n',
    );
  });

  test('a file without content gets one', () => {
    expect(edit('# nothing yet\n', { kind: 'set', path: ['a', 'b'], value: 1 })).toBe(
      '# nothing yet\na:\n  b: 1\n',
    );
  });

  test('what comes from an anchor is overridden at its place, the anchor stays', () => {
    const text = 'base: &b\n  x: 1\n  auth: {u: 1}\nc:\n  <<: *b\n  y: 2\nd: *b\n';
    expect(edit(text, { kind: 'set', path: ['c', 'auth', 'p'], value: 2 })).toBe(
      text.replace('  y: 2\n', '  y: 2\n  auth:\n    u: 1\n    p: 2\n'),
    );
    const copied = edit(text, { kind: 'set', path: ['d', 'x'], value: 5 });
    expect(valueOf(copied)).toEqual({ ...valueOf(text), d: { x: 5, auth: { u: 1 } } });
    expect(copied.startsWith(text.slice(0, text.indexOf('d: *b')))).toBe(true);
  });

  test('a list item that is not there is an error, its removal is none', () => {
    expect(() =>
      edit(sample, { kind: 'set', path: ['plugins', 'extractors', { name: 'tap-no' }, 'x'], value: 1 }),
    ).toThrow("no 'tap-no'");
    expect(edit(sample, { kind: 'remove', path: ['plugins', 'extractors', { name: 'tap-no' }] })).toBe(
      sample,
    );
  });
});

// --- properties -------------------------------------------------------------------------------------------

const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom(
    '',
    'yes',
    'null',
    '3.10',
    '1_000',
    '2020-01-01',
    ' x',
    'a: b',
    'a #b',
    '- x',
    "it's",
    '{a}',
    '*x',
    '&y',
    '!z',
    '@',
    '%',
    'a\nb',
    '#',
    '~',
    '1:30',
    '-',
    '?',
    '|',
    'é',
    '\t',
    'x\\y',
    '"q"',
    'true',
    '[',
    '0o7',
    '.5',
    '=',
    '<<',
  ),
  fc.string({ maxLength: 8 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'name', 'config', 'x y', 'true', '1', 'a.b', 'k:', '#k', '?'),
  fc.string({ minLength: 1, maxLength: 4 }),
);
const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
})).value;
const object = fc
  .dictionary(key, json, { minKeys: 1, maxKeys: 4 })
  .map((value) => ({ ...value }) as JsonObject);

/** Writes a value by hand, in a layout decided by `random`: comments, blank lines, braces, indentation. */
function write(value: JsonObject, random: () => number): string {
  const indent = 2 + Math.floor(random() * 3);
  const dash = Math.floor(random() * 3);
  const comment = () => (random() < 0.3 ? `  # c${Math.floor(random() * 9)}` : '');
  const lines: string[] = [];
  const between = (column: number) => {
    if (random() < 0.15) lines.push('');
    if (random() < 0.15) lines.push(`${' '.repeat(column)}# note`);
  };
  const flow = (item: JsonValue): string => JSON.stringify(item);
  const put = (head: string, item: JsonValue, column: number, dashAt: number) => {
    const isEmpty = typeof item !== 'object' || item === null || Object.keys(item).length === 0;
    if (isEmpty || random() < 0.2) {
      const bare = item === null && random() < 0.5;
      lines.push(`${head}${bare ? '' : ` ${flow(item)}`}${comment()}`);
      return;
    }
    if (isJsonArray(item)) {
      lines.push(head + comment());
      list(item, dashAt);
    } else if (isJsonObject(item)) {
      lines.push(head + comment());
      map(item, column);
    }
  };
  const map = (items: JsonObject, column: number) => {
    for (const [name, item] of Object.entries(items)) {
      between(column);
      put(`${' '.repeat(column)}${JSON.stringify(name)}:`, item, column + indent, column + dash);
    }
  };
  const list = (items: readonly JsonValue[], column: number) => {
    for (const item of items) {
      between(column);
      const entries = isJsonObject(item) ? Object.entries(item) : [];
      if (entries.length === 0 || random() < 0.3) {
        put(`${' '.repeat(column)}-`, item, column + indent, column + 2);
        continue;
      }
      entries.forEach(([name, member], index) => {
        const lead = index === 0 ? `${' '.repeat(column)}- ` : ' '.repeat(column + 2);
        put(`${lead}${JSON.stringify(name)}:`, member, column + 2 + indent, column + 2 + dash);
      });
    }
  };
  map(value, 0);
  if (random() < 0.3) lines.push('# tail');
  const text = lines.join('\n') + (random() < 0.85 ? '\n' : '');
  return random() < 0.2 ? text.replaceAll('\n', '\r\n') : text;
}

/** A stream of numbers between 0 and 1 that depends on nothing but the seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function pickPath(
  value: JsonValue,
  random: () => number,
  into: 'any' | 'list' = 'any',
): (string | number)[] | undefined {
  const paths: (string | number)[][] = [];
  const walk = (item: JsonValue, path: (string | number)[]) => {
    if (path.length > 0 && (into === 'any' || isJsonArray(item))) paths.push(path);
    if (isJsonArray(item)) item.forEach((each, index) => walk(each, [...path, index]));
    else if (isJsonObject(item)) for (const [name, each] of Object.entries(item)) walk(each, [...path, name]);
  };
  walk(value, []);
  return paths[Math.floor(random() * paths.length)];
}

function at(value: JsonValue, path: readonly (string | number)[]): JsonValue {
  return path.reduce<JsonValue>(
    (item, part) => (isJsonArray(item) ? item[Number(part)] : isJsonObject(item) ? item[part] : null) ?? null,
    value,
  );
}

function lines(text: string): readonly string[] {
  return text.split('\n');
}

/** Lines of `before` that are not in `after` in the same order. */
function lost(before: readonly string[], after: readonly string[]): readonly string[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before.at(-1 - tail) === after.at(-1 - tail)
  )
    tail += 1;
  return before.slice(head, before.length - tail);
}

test('edits in brackets whose lines are indented too little', () => {
  const text = 'p:\n- name: x\n  c:\n    s: [\n    {\n      "n": 1  # one\n    }\n  ]\n- name: y\n';
  const path = ['p', { name: 'x' }, 'c'];
  expect(
    edit(
      text,
      { kind: 'append', path: [...path, 's'], value: 2 },
      { kind: 'set', path: [...path, 's', 0, 'n'], value: 5 },
      { kind: 'set', path: [...path, 'z'], value: 1 },
    ),
  ).toBe(text.replace('1  #', '5  #').replace('    }\n  ]\n', '    }, 2\n  ]\n    z: 1\n'));
});

test('what fills empty brackets stands on lines of its own, unless they stand in brackets', () => {
  const text = 'j:\n- tasks: []  # none\n  env: {}\nf: {g: {}, h: []}\nroot: {}\n';
  expect(
    edit(
      text,
      { kind: 'append', path: ['j', 0, 'tasks'], value: 'a b' },
      { kind: 'set', path: ['j', 0, 'env', 'A'], value: '1' },
      { kind: 'set', path: ['f', 'g', 'x'], value: 1 },
      { kind: 'append', path: ['f', 'h'], value: 1 },
      { kind: 'set', path: ['root'], value: [] },
    ),
  ).toBe("j:\n- tasks:  # none\n  - a b\n  env:\n    A: '1'\nf: {g: {x: 1}, h: [1]}\nroot: []\n");
});

describe('properties of edits', () => {
  const runs = { numRuns: 300 };
  test('what is written by hand here reads as the value it was written from', () => {
    fc.assert(
      fc.property(object, fc.nat(), (value, seed) => {
        expect(jsonEquals(valueOf(write(value, numbers(seed))), value)).toBe(true);
      }),
      runs,
    );
  });

  test('setting a value anywhere says exactly that, and loses no line outside of the place', () => {
    fc.assert(
      fc.property(object, fc.nat(), json, fc.option(key), (value, seed, wanted, extra) => {
        const random = numbers(seed);
        const text = write(value, random);
        const path = pickPath(value, random) ?? [];
        if (extra !== null && isJsonObject(at(value, path))) path.push(extra);
        const edited = edit(text, { kind: 'set', path, value: wanted });
        expect(jsonEquals(valueOf(edited), setIn(value, path, wanted))).toBe(true);
        const isNew = extra !== null && path.at(-1) === extra;
        const isScalar = typeof at(value, path) !== 'object' && !isNew;
        expect(isScalar ? lost(lines(text), lines(edited)).length : 0).toBeLessThanOrEqual(1);
      }),
      runs,
    );
  });

  test('removing anything leaves the rest as it was', () => {
    fc.assert(
      fc.property(object, fc.nat(), (value, seed) => {
        const random = numbers(seed);
        const text = write(value, random);
        const path = pickPath(value, random) ?? [];
        const edited = edit(text, { kind: 'remove', path });
        const kept = lines(edited).filter((line) => !lines(text).includes(line));
        expect(kept.length).toBeLessThanOrEqual(1);
        expect(edit(edited, { kind: 'remove', path: ['no such key'] })).toBe(edited);
      }),
      runs,
    );
  });

  test('appending adds lines only', () => {
    fc.assert(
      fc.property(object, fc.nat(), json, (value, seed, item) => {
        const random = numbers(seed);
        const text = write({ ...value, list: [1, { a: 2 }] }, random);
        const path = pickPath(valueOf(text), random, 'list') ?? [];
        const edited = edit(text, { kind: 'append', path, value: item });
        const list = at(valueOf(text), path);
        const wanted = setIn(valueOf(text), path, [...(isJsonArray(list) ? list : []), item]);
        expect(jsonEquals(valueOf(edited), wanted)).toBe(true);
        expect(lost(lines(text), lines(edited)).length).toBeLessThanOrEqual(1);
      }),
      runs,
    );
  });
});

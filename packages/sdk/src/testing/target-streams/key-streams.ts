import { record, schema, state, type TargetStream, text, whole } from './target-stream.ts';

const trees = { id: { type: 'integer' }, place: { type: 'integer' }, height: whole };
const measured = (rows: readonly (readonly [id: number, place: number, height: number])[]) =>
  rows.map(([id, place, height]) => record('trees', { id, place, height }));
const noise = (from: number) =>
  Array.from({ length: 5 }, (_, at) => record('noise', { id: from + at, level: (from + at) * 10 }));

/** What keys do. */
export const keyStreams: readonly TargetStream[] = [
  {
    name: 'duplicate records',
    proves: 'of records with one key the last is kept, for keys of two columns',
    messages: [
      schema('trees', trees, ['id', 'place']),
      ...measured([
        [1, 1, 10],
        [1, 2, 20],
        [1, 1, 11],
        [2, 1, 30],
        [1, 1, 12],
      ]),
      state({ trees: 5 }),
    ],
    rows: {
      trees: [
        { id: 1, place: 1, height: 12 },
        { id: 1, place: 2, height: 20 },
        { id: 2, place: 1, height: 30 },
      ],
    },
    state: { trees: 5 },
  },
  {
    name: 'no primary keys',
    proves: 'a stream without keys is taken',
    messages: [schema('noise', { id: whole, level: whole }, []), ...noise(1), state({ noise: 5 })],
    rows: { noise: noise(1).map((each) => each['record'] as { readonly id: number }) },
    state: { noise: 5 },
  },
  {
    name: 'no primary keys, appended',
    proves: 'records without keys are added to those that are there',
    messages: [schema('noise', { id: whole, level: whole }, []), ...noise(1), state({ noise: 5 })],
    again: [schema('noise', { id: whole, level: whole }, []), ...noise(4), state({ noise: 10 })],
    rows: { noise: [...noise(1), ...noise(4)].map((each) => each['record'] as { readonly id: number }) },
    state: { noise: 10 },
  },
  {
    name: 'key updates',
    proves: 'a stream may change its key on the way',
    messages: [
      schema('members', { id: whole, email: text, name: text }),
      record('members', { id: 1, email: 'a@example.com', name: 'Ann' }),
      record('members', { id: 2, email: 'b@example.com', name: 'Bob' }),
      schema('members', { id: whole, email: text, name: text }, ['email']),
      record('members', { id: 9, email: 'b@example.com', name: 'Bobby' }),
      record('members', { id: 1, email: 'c@example.com', name: 'Cy' }),
    ],
    rows: {
      members: [
        { id: 1, email: 'a@example.com', name: 'Ann' },
        { id: 9, email: 'b@example.com', name: 'Bobby' },
        { id: 1, email: 'c@example.com', name: 'Cy' },
      ],
    },
  },
  {
    name: 'record without its key',
    proves: 'a record without key is refused',
    messages: [
      schema('keyed', { id: { type: 'integer' }, name: text }),
      record('keyed', { id: 1, name: 'x' }),
      record('keyed', { name: 'nobody' }),
      state({ keyed: 2 }),
    ],
    refused: /key "id" is missing/,
  },
  {
    name: 'locations',
    proves: 'related streams come in any order',
    messages: [
      schema('users', { id: whole, name: text }),
      schema('locations', { id: text, city: text }),
      schema('visits', { user: whole, location: text, count: whole }, ['user', 'location']),
      record('visits', { user: 1, location: 'p', count: 1 }),
      record('users', { id: 1, name: 'Ada' }),
      record('locations', { id: 'p', city: 'Paris' }),
      record('users', { id: 2, name: 'Ben' }),
      record('visits', { user: 2, location: 'p', count: 4 }),
      state({ users: 2, locations: 1, visits: 2 }),
    ],
    rows: {
      users: [
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Ben' },
      ],
      locations: [{ id: 'p', city: 'Paris' }],
      visits: [
        { user: 1, location: 'p', count: 1 },
        { user: 2, location: 'p', count: 4 },
      ],
    },
    state: { users: 2, locations: 1, visits: 2 },
  },
  {
    name: 'locations, loaded again',
    proves: 'a second load changes rows and adds others',
    messages: [
      schema('users', { id: whole, name: text }),
      record('users', { id: 1, name: 'Ada' }),
      record('users', { id: 2, name: 'Ben' }),
      state({ users: 2 }),
    ],
    again: [
      schema('users', { id: whole, name: text }),
      record('users', { id: 2, name: 'Benno' }),
      record('users', { id: 3, name: 'Cleo' }),
      state({ users: 3 }),
    ],
    rows: {
      users: [
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Benno' },
        { id: 3, name: 'Cleo' },
      ],
    },
    state: { users: 3 },
  },
];

import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { expect, it } from 'vitest';
import type { RecordItem } from '../../connector.ts';
import { compareRuns, type RunOutput } from './compare-runs.ts';

function output(records: readonly JsonObject[], state: JsonValue = {}, name = 'integer'): RunOutput {
  const items: RecordItem[] = [
    {
      kind: 'schema',
      stream: 'users',
      schema: { properties: { id: { type: name } } },
      keyProperties: ['id'],
    },
    { kind: 'records', stream: 'users', records, bytes: 1 },
    { kind: 'state', value: state },
  ];
  return { items, failure: undefined };
}

it('shows a sample of a first run', () => {
  expect(compareRuns(undefined, output([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }]))).toEqual([
    '+ stream users: 4 records',
    '    {"id":1}',
    '    {"id":2}',
    '    {"id":3}',
  ]);
});

it('says that a first run was cut short', () => {
  const cut = { ...output([{ id: 1 }]), maxRecords: 1 };
  expect(compareRuns(undefined, cut)[0]).toBe('+ stream users: 1 records, as many as --max-records allows');
});

it('is silent when nothing has changed, in whatever order', () => {
  expect(compareRuns(output([{ id: 1 }, { id: 2 }]), output([{ id: 2 }, { id: 1 }]))).toEqual([]);
});

it('names rows that are new, gone and changed, by their key', () => {
  const before = output([{ id: 1, name: 'a' }, { id: 2 }]);
  const lines = compareRuns(before, output([{ id: 1, name: 'b' }, { id: 3 }]));
  expect(lines.slice(0, 3)).toEqual(['~ stream users', '  + {"id":3}', '  - {"id":2}']);
  expect(lines[3]).toMatch(/^ {2}~ .*1.* name: "a" → "b"$/);
});

it('shows five of many, and how many more there are', () => {
  const many = Array.from({ length: 8 }, (_, id) => ({ id }));
  const lines = compareRuns(output([]), output(many));
  expect(lines.filter((line) => line.startsWith('  +'))).toHaveLength(5);
  expect(lines.at(-1)).toBe('  … and 3 more');
});

it('shows what became of properties, streams, the state, and why a run failed', () => {
  expect(compareRuns(output([]), output([], {}, 'string'))).toEqual([
    '~ stream users',
    '  ~ property id: {"type":"integer"} → {"type":"string"}',
  ]);
  expect(compareRuns(output([]), { items: [], failure: 'HTTP 500' })).toEqual(['! HTTP 500']);
  expect(compareRuns(output([], { at: 1 }), output([], { at: 2 }))).toEqual(['~ state: {"at":2}']);
});

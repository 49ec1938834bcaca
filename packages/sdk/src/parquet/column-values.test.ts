import { stringifyJson } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import type { ColumnNode } from './column-node.ts';
import { columnConverter } from './column-values.ts';
import type { LeafKind } from './leaf-kind.ts';

function converted(leaf: LeafKind, stored: unknown): string {
  const node: ColumnNode = { name: 'x', isNullable: true, kind: 'leaf', leaf };
  return stringifyJson(columnConverter(node, undefined, { notNumbers: 0 })(stored));
}

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

test.each<[LeafKind, unknown, string]>([
  [{ kind: 'float16' }, bytes(0x00, 0x3e), '1.5'],
  [{ kind: 'float16' }, bytes(0x00, 0xc0), '-2'],
  [{ kind: 'float16' }, bytes(0x01, 0x00), '5.960464477539063e-8'],
  [{ kind: 'float16' }, bytes(0x00, 0x7c), 'null'],
  [{ kind: 'timestamp', places: 9 }, 1_704_164_645_123_456_789n, '"2024-01-02T03:04:05.123456789Z"'],
  [{ kind: 'timestamp', places: 9 }, -1n, '"1969-12-31T23:59:59.999999999Z"'],
  [{ kind: 'timestamp', places: 6 }, -62_135_596_800_000_000n, '"0001-01-01T00:00:00.000000Z"'],
  [{ kind: 'timestamp', places: 6 }, 9_223_372_036_854_775_807n, '"infinity"'],
  [{ kind: 'timestamp', places: 6 }, -9_223_372_036_854_775_807n, '"-infinity"'],
  [{ kind: 'timestamp', places: 6 }, 9_223_372_036_854_775_806n, '"294247-01-10 04:00:54.775806"'],
  [{ kind: 'timestamp', places: 3 }, 253_402_300_800_000n, '"10000-01-01 00:00:00"'],
  [{ kind: 'timestamp', places: 3 }, 253_402_300_799_999n, '"9999-12-31T23:59:59.999Z"'],
  [{ kind: 'timestamp', places: 3 }, -62_167_219_200_001n, '"0002-12-31 (BC) 23:59:59.999"'],
  [{ kind: 'date' }, 2_147_483_647, '"infinity"'],
  [{ kind: 'date' }, -2_147_483_647, '"-infinity"'],
  [{ kind: 'date' }, 2_147_483_646, '"5881580-07-10"'],
  [{ kind: 'date' }, 2_932_897, '"10000-01-01"'],
  [{ kind: 'date' }, -719_528, '"0000-01-01"'],
  [{ kind: 'date' }, -719_529, '"0002-12-31 (BC)"'],
  [{ kind: 'date' }, -1, '"1969-12-31"'],
  [{ kind: 'time', places: 3 }, 86_399_999, '"23:59:59.999"'],
  [{ kind: 'time', places: 9 }, 1n, '"00:00:00.000000001"'],
  [{ kind: 'interval' }, bytes(1, 0, 0, 0, 2, 0, 0, 0, 0xac, 0x0d, 0, 0), '"P1M2DT3.5S"'],
  [{ kind: 'decimal', scale: 2 }, bytes(0xff), '-0.01'],
  [{ kind: 'decimal', scale: 2 }, bytes(0x01, 0x00), '2.56'],
  [{ kind: 'decimal', scale: 0 }, bytes(), '0'],
  [{ kind: 'decimal', scale: -2 }, 3, '300'],
  [{ kind: 'integer', bits: 32, isSigned: false }, -1, '4294967295'],
  [{ kind: 'integer', bits: 32, isSigned: false }, 4_294_967_295n, '4294967295'],
  [{ kind: 'integer', bits: 64, isSigned: false }, -1n, '18446744073709551615'],
  [{ kind: 'integer', bits: 64, isSigned: true }, -9_007_199_254_740_993n, '-9007199254740993'],
  [{ kind: 'json' }, 'no json', '"no json"'],
  [{ kind: 'binary' }, bytes(0, 255), '"00ff"'],
  [{ kind: 'null' }, undefined, 'null'],
])('%j: %s is %s', (leaf, stored, text) => {
  expect(converted(leaf, stored)).toBe(text);
});

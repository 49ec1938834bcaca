import type { SchemaElement } from 'hyparquet';
import type { TimePlaces } from './time-text.ts';

/** What a column without members holds, whichever of Parquet's annotations says so. */
export type LeafKind =
  | { readonly kind: 'boolean' | 'text' | 'json' | 'uuid' | 'date' | 'double' | 'float16' | 'null' }
  | { readonly kind: 'binary' | 'interval' | 'int96' }
  | { readonly kind: 'integer'; readonly bits: number; readonly isSigned: boolean }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'time' | 'timestamp'; readonly places: TimePlaces };

const places = { MILLIS: 3, MICROS: 6, NANOS: 9 } as const;

/** The newer annotation goes before the older one, and both before the plain type. */
export function leafKind(element: SchemaElement): LeafKind {
  return logicalKind(element) ?? convertedKind(element) ?? physicalKind(element);
}

function logicalKind({ logical_type: logical }: SchemaElement): LeafKind | undefined {
  switch (logical?.type) {
    case 'STRING':
    case 'ENUM':
      return { kind: 'text' };
    case 'JSON':
      return { kind: 'json' };
    case 'UUID':
      return { kind: 'uuid' };
    case 'DATE':
      return { kind: 'date' };
    case 'NULL':
      return { kind: 'null' };
    case 'FLOAT16':
      return { kind: 'float16' };
    case 'DECIMAL':
      return { kind: 'decimal', scale: logical.scale };
    case 'TIME':
      return { kind: 'time', places: places[logical.unit] };
    case 'TIMESTAMP':
      return { kind: 'timestamp', places: places[logical.unit] };
    case 'INTEGER':
      return { kind: 'integer', bits: logical.bitWidth, isSigned: logical.isSigned };
    default:
      return undefined;
  }
}

function convertedKind({ converted_type: converted, scale = 0 }: SchemaElement): LeafKind | undefined {
  switch (converted) {
    case 'UTF8':
    case 'ENUM':
      return { kind: 'text' };
    case 'JSON':
      return { kind: 'json' };
    case 'DECIMAL':
      return { kind: 'decimal', scale };
    case 'DATE':
      return { kind: 'date' };
    case 'TIME_MILLIS':
    case 'TIME_MICROS':
      return { kind: 'time', places: converted === 'TIME_MILLIS' ? 3 : 6 };
    case 'TIMESTAMP_MILLIS':
    case 'TIMESTAMP_MICROS':
      return { kind: 'timestamp', places: converted === 'TIMESTAMP_MILLIS' ? 3 : 6 };
    case 'INTERVAL':
      return { kind: 'interval' };
    default:
      return integerKind(converted);
  }
}

function integerKind(converted: SchemaElement['converted_type']): LeafKind | undefined {
  const match = /^(U?)INT_(\d+)$/.exec(converted ?? '');
  return match === null ? undefined : { kind: 'integer', bits: Number(match[2]), isSigned: match[1] === '' };
}

function physicalKind({ type }: SchemaElement): LeafKind {
  switch (type) {
    case 'BOOLEAN':
      return { kind: 'boolean' };
    case 'INT32':
    case 'INT64':
      return { kind: 'integer', bits: type === 'INT32' ? 32 : 64, isSigned: true };
    case 'INT96':
      return { kind: 'int96' };
    case 'FLOAT':
    case 'DOUBLE':
      return { kind: 'double' };
    default:
      return { kind: 'binary' };
  }
}

import { type ColumnKind, maxPrecision, sameKind } from './column-kind.ts';

/** How an existing column comes to hold values of another kind. */
export interface Widening {
  readonly kind: ColumnKind;
  /**
   * Values of the column beyond ±this (an SQL literal) would not survive the change; when there are any, the
   * column must become text instead.
   */
  readonly limit?: string;
}

const text: Widening = { kind: { kind: 'text' } };

/** The smallest kind that holds what a column has and what is to come; the column's own kind when it can stay. */
export function widen(existing: ColumnKind, wanted: ColumnKind): Widening {
  if (sameKind(existing, wanted) || existing.kind === 'text' || existing.kind === 'json')
    return { kind: existing };
  switch (existing.kind) {
    case 'integer':
    case 'big-integer':
      return widenInteger(existing, wanted);
    case 'double':
      return wanted.kind === 'integer' ? { kind: existing } : text;
    case 'decimal':
      return widenDecimal(existing.precision, existing.scale, wanted);
    case 'date':
      return wanted.kind === 'timestamp' ? { kind: wanted } : text;
    case 'timestamp':
      return wanted.kind === 'date' ? { kind: existing } : text;
    case 'boolean':
    case 'time':
      return text;
  }
}

function widenInteger(existing: ColumnKind, wanted: ColumnKind): Widening {
  switch (wanted.kind) {
    case 'integer':
      return { kind: existing };
    case 'big-integer':
      return { kind: wanted };
    case 'double':
      return { kind: wanted, limit: '9007199254740992' };
    case 'decimal':
      return { kind: { ...wanted, precision: maxPrecision }, limit: greatest(maxPrecision - wanted.scale) };
    default:
      return text;
  }
}

function widenDecimal(precision: number, scale: number, wanted: ColumnKind): Widening {
  const stays: Widening = { kind: { kind: 'decimal', precision, scale } };
  if (wanted.kind === 'integer' || wanted.kind === 'big-integer') return stays;
  if (wanted.kind !== 'decimal') return text;
  if (wanted.scale <= scale && wanted.precision - wanted.scale <= precision - scale) return stays;
  const finer = Math.max(scale, wanted.scale);
  if (finer > maxPrecision) return text;
  return {
    kind: { kind: 'decimal', precision: maxPrecision, scale: finer },
    limit: greatest(maxPrecision - finer),
  };
}

/** The greatest number of so many digits. */
function greatest(digits: number): string {
  return digits <= 0 ? '0' : '9'.repeat(digits);
}

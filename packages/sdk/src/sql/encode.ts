import { ExactNumber, type JsonValue, jsonEquals } from '@meltano/foundation/json';
import { parseDecimal, rescale } from '../schema/decimal.ts';
import { isFinerThanMicroseconds, parseDay, parseInstant, parseTimeOfDay } from '../schema/instant.ts';
import { type ColumnKind, type DecimalKind, maxPrecision } from './column-kind.ts';
import { storableJson, storableText, type TextAlteration, type TextLimits } from './storable-text.ts';

/**
 * A value as a driver takes it, by the column's kind: `integer` and `big-integer` a number or bigint,
 * `decimal` a bigint of units in the last place, `double` a number, `date` days and `timestamp` and `time`
 * microseconds (bigint) since the epoch or midnight, `text` and `json` a string.
 */
export type SqlValue = null | boolean | number | bigint | string;

/** A value that its column cannot hold: a wider column can, or none (`wider` undefined). */
export class Unfit {
  readonly wider: ColumnKind | undefined;
  constructor(wider?: ColumnKind) {
    this.wider = wider;
  }
}

export type Encode = (value: JsonValue) => SqlValue | Unfit;

const invalid = new Unfit();
const needsText = new Unfit({ kind: 'text' });
const needsBigInteger = new Unfit({ kind: 'big-integer' });
const needsTimestamp = new Unfit({ kind: 'timestamp' });

/** What is lost of a value that is written all the same: digits finer than a microsecond, and what no text holds. */
export type Alteration = 'cut' | TextAlteration;

export interface EncodeOptions extends TextLimits {
  readonly onAltered: (how: Alteration) => void;
}

/**
 * The encoder of a kind. Values arrive as JSON and are never null. A text that a column of days or times cannot
 * hold needs a column of texts: its JSON type admits it, and a format is only a promise.
 */
export function encoderOf(kind: ColumnKind, options: EncodeOptions): Encode {
  switch (kind.kind) {
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : invalid);
    case 'integer':
      return encodeInteger;
    case 'big-integer':
      return (value) => wholeNumber(value, bigLimit, needsText);
    case 'decimal':
      return (value) => encodeDecimal(value, kind);
    case 'double':
      return encodeDouble;
    case 'text':
      return (value) => encodeText(value, options);
    case 'date':
      return encodeDate;
    case 'time':
      return (value) => (typeof value === 'string' ? (parseTimeOfDay(value) ?? needsText) : invalid);
    case 'timestamp':
      return (value) => encodeTimestamp(value, options);
    case 'json':
      return (value) => storableJson(value, options);
  }
}

const longLimit = 2n ** 63n;
const bigLimit = 10n ** 38n;

function encodeInteger(value: JsonValue): SqlValue | Unfit {
  return Number.isSafeInteger(value) ? (value as number) : wholeNumber(value, longLimit, needsBigInteger);
}

/** Text that spells a number is that number: its value is not changed by the reading. */
function numberText(value: JsonValue): string | undefined {
  if (value instanceof ExactNumber) return value.text;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : undefined;
}

function wholeNumber(value: JsonValue, limit: bigint, beyond: Unfit): bigint | Unfit {
  const text = numberText(value);
  const decimal = text === undefined ? undefined : parseDecimal(text);
  if (decimal === undefined || decimal.scale > 0) return invalid;
  return decimal.digits < limit && decimal.digits >= -limit ? decimal.digits : beyond;
}

function encodeDecimal(value: JsonValue, kind: DecimalKind): SqlValue | Unfit {
  const text = numberText(value);
  const decimal = text === undefined ? undefined : parseDecimal(text);
  if (decimal === undefined) return invalid;
  const units = rescale(decimal, kind.scale);
  if (units !== undefined && hasDigits(units, kind.precision)) return units;
  const scale = Math.max(kind.scale, decimal.scale);
  const finer = rescale(decimal, scale);
  if (finer === undefined || !hasDigits(finer, maxPrecision)) return needsText;
  return new Unfit({ kind: 'decimal', precision: maxPrecision, scale });
}

function hasDigits(units: bigint, digits: number): boolean {
  const limit = 10n ** BigInt(digits);
  return units < limit && units > -limit;
}

function encodeDouble(value: JsonValue): SqlValue | Unfit {
  if (typeof value === 'number') return value;
  const text = numberText(value);
  if (text === undefined || parseDecimal(text) === undefined) return invalid;
  const double = Number(text);
  return jsonEquals(new ExactNumber(text.replace(/^\+/, '')), double) ? double : needsText;
}

function encodeText(value: JsonValue, limits: TextLimits): string {
  if (typeof value === 'string') return storableText(value, limits);
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'object' ? storableJson(value, limits) : String(value);
}

const microsecondsPerDay = 86_400_000_000n;

function encodeDate(value: JsonValue): SqlValue | Unfit {
  if (typeof value !== 'string') return invalid;
  const day = parseDay(value);
  if (day !== undefined) return day;
  const instant = parseInstant(value);
  if (instant === undefined) return needsText;
  return instant % microsecondsPerDay === 0n ? Number(instant / microsecondsPerDay) : needsTimestamp;
}

function encodeTimestamp(value: JsonValue, { onAltered }: EncodeOptions): SqlValue | Unfit {
  if (typeof value !== 'string') return invalid;
  const instant = parseInstant(value);
  if (instant === undefined) return needsText;
  if (isFinerThanMicroseconds(value)) onAltered('cut');
  return instant;
}

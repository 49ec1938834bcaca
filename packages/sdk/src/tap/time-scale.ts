import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { parseInstant } from '../schema/instant.ts';
import type { Ordinal } from './replication-value.ts';
import { timeFormats } from './time-formats.ts';

/** How values of a replication key stand for moments. */
export interface TimeScale {
  /** Milliseconds since the Unix epoch, rounded down; undefined for what is no moment. */
  toMs(value: JsonValue | undefined): number | undefined;
  fromMs(ms: number): JsonValue;
  /** Whether a value that was parsed is a moment; cheaper than `toMs`. */
  has(ordinal: Ordinal): boolean;
  /** Its values are not written as RFC 3339. */
  readonly isWrittenOtherwise?: true;
}

/** What a number of a replication key counts since the Unix epoch. */
export type Epoch = 'seconds' | 'milliseconds';

/** How the times of a replication key are written, where its schema does not say it. */
export interface TimeWriting {
  readonly epoch?: Epoch | undefined;
  readonly formats?: readonly string[] | undefined;
}

/** The scale of a property that is a time or a date, or of which an author has declared how it is written. */
export function timeScale(
  schema: JsonObject,
  property: string,
  { epoch, formats }: TimeWriting = {},
): TimeScale | undefined {
  if (formats !== undefined) return formattedScale(formats);
  if (epoch !== undefined) return epochScale(epoch === 'seconds' ? 1_000 : 1);
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const format = /"format":"(date(?:-time)?)"/.exec(JSON.stringify(properties[property] ?? {}))?.[1];
  return format === undefined ? undefined : textScale(format === 'date');
}

function textScale(onlyDays: boolean): TimeScale {
  return {
    toMs(value) {
      const instant = typeof value === 'string' ? parseInstant(value) : undefined;
      return instant === undefined ? undefined : Number(instant / 1_000n);
    },
    fromMs: (ms) => new Date(ms).toISOString().slice(0, onlyDays ? 10 : undefined),
    has: ({ kind }) => kind === 'instant',
  };
}

function formattedScale(formats: readonly string[]): TimeScale {
  const { parse, write } = timeFormats(formats);
  return {
    toMs(value) {
      const instant = parse(value);
      return instant === undefined ? undefined : Number(instant / 1_000n);
    },
    fromMs: write,
    isWrittenOtherwise: true,
    has: ({ kind }) => kind === 'instant',
  };
}

/** Some APIs write such numbers as texts. */
function epochScale(unit: number): TimeScale {
  const isNumber = (value: JsonValue | undefined) =>
    typeof value === 'number' ||
    value instanceof ExactNumber ||
    (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value));
  return {
    toMs: (value) => (isNumber(value) ? Math.floor(Number(value) * unit) : undefined),
    fromMs: (ms) => Math.floor(ms / unit),
    isWrittenOtherwise: true,
    has: ({ kind, value }) => kind !== 'instant' && isNumber(value),
  };
}

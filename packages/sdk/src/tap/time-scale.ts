import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { parseInstant } from '../schema/instant.ts';

/** How values of a replication key stand for moments. */
export interface TimeScale {
  /** Milliseconds since the Unix epoch, rounded down; undefined for what is no moment. */
  toMs(value: JsonValue | undefined): number | undefined;
  fromMs(ms: number): JsonValue;
}

/** What a number of a replication key counts since the Unix epoch. */
export type Epoch = 'seconds' | 'milliseconds';

/** The scale of a property that is a time or a date, or that an author has declared to count from the epoch. */
export function timeScale(schema: JsonObject, property: string, epoch?: Epoch): TimeScale | undefined {
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
  };
}

function epochScale(unit: number): TimeScale {
  return {
    toMs: (value) =>
      typeof value === 'number' || value instanceof ExactNumber
        ? Math.floor(Number(value) * unit)
        : undefined,
    fromMs: (ms) => Math.floor(ms / unit),
  };
}

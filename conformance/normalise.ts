export interface Places {
  readonly folder: string;
  readonly hubUrl: string;
}

export interface Normaliser {
  text(text: string): string;
  /** Every text in it, keys included. */
  values<T>(value: T): T;
}

const uuid7 = /\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g;
const uuid7Hex = /\b[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}\b/g;
const uuid4 = /\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g;
const instant = /\b(\d{4}-\d\d-\d\d)([T ])(\d\d):?(\d\d):?(\d\d)(?:\.\d+)?(?:Z|\+00:?00)?/g;
const oneDay = 86_400_000;

/** Replaces what differs from run to run: places, made-up ids, times of about now, durations, versions. */
export function createNormaliser({ folder, hubUrl }: Places): Normaliser {
  const text = (given: string): string =>
    given
      .replaceAll(`${folder}/project`, '<project>')
      .replaceAll(`${folder}/home`, '<home>')
      .replaceAll(hubUrl, '<hub>')
      .replaceAll(uuid7, '<uuid>')
      .replaceAll(uuid7Hex, '<uuid>')
      .replaceAll(uuid4, '<uuid4>')
      .replaceAll(
        instant,
        (all: string, day: string, _: string, hours: string, minutes: string, seconds: string) =>
          Math.abs(Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`) - Date.now()) < oneDay
            ? '<time>'
            : all,
      )
      .replaceAll(/("duration_seconds": )[\d.]+/g, '$1"<seconds>"')
      .replaceAll(/\bMeltano\/\d+\.\d+\.\d+\S*/g, 'Meltano/<version>');
  const values = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(values);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [text(key), values(each)]));
  };
  return { text, values: (value) => values(value) as typeof value };
}

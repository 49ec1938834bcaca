import type { JsonValue } from '@meltano/foundation/json';
import type { StreamContext } from '../tap/stream.ts';
import { timeFormats } from '../tap/time-formats.ts';
import type { StreamManifest } from './manifest.ts';
import type { TemplateScope } from './template.ts';

export type RequestScope = (context: StreamContext) => TemplateScope;

/** What templates of a stream's requests may use. Without a window the end is that of the stream, or now. */
export function createRequestScope(stream: StreamManifest, endDate: string | undefined): RequestScope {
  const moment = createMoment(stream);
  return ({ partition, start, end, clock }) => ({
    partition,
    start: moment(start),
    end: moment(end) ?? endDate ?? (start === undefined ? null : new Date(clock.now()).toISOString()),
  });
}

/** A start or an end for templates: of times in formats of their own RFC 3339 is made. */
export function createMoment({
  time_formats: formats,
}: Pick<StreamManifest, 'time_formats'>): (value: JsonValue | undefined) => JsonValue {
  if (formats === undefined) return (value) => value ?? null;
  const { parse } = timeFormats(formats);
  return (value) => {
    const instant = parse(value);
    return instant === undefined ? (value ?? null) : new Date(Number(instant / 1_000n)).toISOString();
  };
}

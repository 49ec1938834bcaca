import { AppError, type ErrorPlace, isAppError } from '@meltano/foundation/errors';
import { dotted, type LineOf } from './parse-yaml.ts';

/** Where a member of a manifest is written, by its dotted path; undefined where that is not known. */
export type PlaceOf = (path: string) => ErrorPlace | undefined;

type Path = Parameters<LineOf>[0];

interface Written {
  readonly defaults?: object;
  readonly streams: Readonly<Record<string, object>>;
}

/** The places in a text. What a stream has from the defaults is written there. */
export function placesIn({ streams, defaults = {} }: Written, file: string, lineOf: LineOf): PlaceOf {
  return (written) => {
    const path = pathOf(written, Object.keys(streams));
    const [top, stream = '', member = ''] = path;
    const isDefault =
      top === 'streams' && Object.hasOwn(defaults, member) && !Object.hasOwn(streams[stream] ?? {}, member);
    const place = isDefault ? ['defaults', ...path.slice(2)] : path;
    const line = lineOf(place);
    return line === undefined ? undefined : { file, line, path: dotted(place) };
  };
}

/** The parts of a dotted path; names of streams may have dots themselves. */
function pathOf(written: string, streams: readonly string[]): Path {
  const stream = streams.find(
    (name) => written === `streams.${name}` || written.startsWith(`streams.${name}.`),
  );
  const rest = stream === undefined ? written : written.slice(`streams.${stream}`.length);
  const parts = [...rest.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
  return stream === undefined ? parts : ['streams', stream, ...parts];
}

/** What a message about a place begins with. */
export function placeText(place: ErrorPlace | undefined): string {
  return place === undefined ? '' : `${place.file} line ${place.line}: `;
}

/** Does something for which a manifest is to blame when it fails: the error says file and line. */
export function located<T>(placeOf: PlaceOf | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw placed(error, placeOf);
  }
}

/** The same error with file and line, where its path is known. One that has them already stays as it is. */
export function placed(error: unknown, placeOf: PlaceOf | undefined): unknown {
  if (!isAppError(error)) return error;
  const path =
    error.details['path'] ?? (error.code.startsWith('expression.') ? error.place?.file : undefined);
  const place = typeof path === 'string' ? placeOf?.(path) : undefined;
  if (place === undefined || error.place?.file === place.file) return error;
  const { code, category, hint, details, cause } = error;
  const message = `${placeText(place)}${error.message}`;
  return new AppError({ code, category, hint, details, cause, message, place });
}

/** The frames of this program's own packages, and of the host. */
const ours =
  /^node:|(?:^|\/)(?:@meltano\/[\w-]+|packages\/(?:foundation|singer|sdk|engine|project|cli)|meltano)\/(?:src|dist)\//;

/**
 * Where in somebody else's code a mistake of programming was made, as `path:line:column`; undefined for errors of any
 * other kind, which say themselves what they are about, and where no such place is known.
 */
export function thrownAt(error: unknown): string | undefined {
  if (!isMistake(error)) return undefined;
  for (const line of (error.stack ?? '').split('\n')) {
    const place = /^\s+at (?:.*\(|async )?(?:file:\/\/)?([^()]+:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place !== undefined && !ours.test(place)) return place;
  }
  return undefined;
}

function isMistake(error: unknown): error is Error {
  const kinds = [TypeError, ReferenceError, RangeError, SyntaxError];
  return kinds.some((kind) => error instanceof kind);
}

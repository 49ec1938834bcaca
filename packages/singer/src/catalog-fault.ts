import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';

/**
 * Says what keeps a value from being a catalog, beginning with the place, e.g. `"metadata[1].breadcrumb" of stream users
 * must be a list`; undefined for a catalog. For files that were written by hand: only what every reader relies on is asked
 * for, as members may be left out and those that nobody knows may be anything.
 */
export function catalogFault(value: JsonValue): string | undefined {
  if (!isJsonObject(value) || !isJsonArray(value['streams']))
    return 'it must be an object with a list "streams"';
  for (const [at, stream] of value['streams'].entries()) {
    if (!isJsonObject(stream)) return `"streams[${at}]" must be an object`;
    const fault = metadataFault(stream['metadata']);
    if (fault !== undefined) return fault.replace(/^"[^"]*"/, `$& of ${streamName(stream, at)}`);
  }
  return undefined;
}

function metadataFault(metadata: JsonValue | undefined): string | undefined {
  if (metadata === undefined || metadata === null) return undefined;
  if (!isJsonArray(metadata)) return '"metadata" must be a list';
  for (const [at, entry] of metadata.entries()) {
    if (!isJsonObject(entry)) return `"metadata[${at}]" must be an object`;
    const { breadcrumb } = entry;
    if (!isJsonArray(breadcrumb ?? null)) return `"metadata[${at}].breadcrumb" must be a list`;
  }
  return undefined;
}

function streamName(stream: { readonly [name: string]: JsonValue }, at: number): string {
  const name = stream['tap_stream_id'] ?? stream['stream'];
  return typeof name === 'string' ? `stream ${name}` : `"streams[${at}]"`;
}

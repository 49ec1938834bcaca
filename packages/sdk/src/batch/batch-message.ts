import { fileURLToPath } from 'node:url';
import { isJsonArray, isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { batchError } from './errors.ts';

/** Files that hold records of a stream, as a BATCH message names them. */
export interface BatchFiles {
  readonly stream: string;
  readonly format: string;
  /** Paths on this machine. */
  readonly paths: readonly string[];
}

/**
 * Reads the body of a BATCH message: the Meltano SDK's with `encoding` and `manifest`, or PipelineWise's with `format`
 * and `filepath`. What it says about compression is not asked: the file itself says so. Throws `batch.unsupported`.
 */
export function parseBatchMessage(body: JsonObject): BatchFiles {
  const stream = String(body['stream']);
  const encoding = isJsonObject(body['encoding']) ? body['encoding'] : body;
  const manifest = body['manifest'] ?? (body['filepath'] === undefined ? undefined : [body['filepath']]);
  if (!isJsonArray(manifest) || !manifest.every((each): each is string => typeof each === 'string'))
    throw unsupported(stream, 'names no files');
  return {
    stream,
    format: String(encoding['format'] ?? 'jsonl'),
    paths: manifest.map((place) => pathOf(place, stream)),
  };
}

function pathOf(place: string, stream: string): string {
  if (!place.includes('://')) return place;
  if (!place.startsWith('file://'))
    throw unsupported(stream, `names the file ${place}, which is not on this machine`);
  try {
    return fileURLToPath(place);
  } catch {
    // The Meltano SDK writes relative roots as file://folder.
    return decodeURIComponent(place.slice('file://'.length));
  }
}

export function unsupported(stream: string, what: string) {
  return batchError('unsupported', {
    message: `A BATCH message of stream ${stream} ${what}`,
    hint: 'let the tap write JSON Lines or Parquet below a file:// root, or switch its batch_config off, so that it sends records',
    details: { stream },
  });
}

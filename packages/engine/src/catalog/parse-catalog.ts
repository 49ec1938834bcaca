import { isJsonArray, isJsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import type { Catalog } from '@meltano/singer/catalog';
import { catalogError } from './errors.ts';
import { jsonFault } from './json-fault.ts';

/**
 * Reads the text of a catalog: of a file made by hand when that is named, as the project has it, else what the
 * plugin printed. Throws `catalog.invalid_catalog` that says where it breaks.
 */
export function parseCatalog(text: string, plugin: string, file?: string): Catalog {
  const value = parseText(text, plugin, file);
  const fault = faultOf(value);
  if (fault === undefined) return value as unknown as Catalog;
  throw catalogError('invalid_catalog', {
    message: `Invalid catalog: ${file ?? `what '${plugin}' printed`} ${fault}`,
    hint: hintFor(plugin, file),
    details: { plugin, file },
    ...(file === undefined ? {} : { place: { file } }),
  });
}

/** Only what is relied on is asked for: Meltano reads metadata without breadcrumbs, too, and leaves them aside. */
function faultOf(value: JsonValue): string | undefined {
  const streams = isJsonObject(value) ? value['streams'] : undefined;
  if (!isJsonArray(streams) || !streams.every(isJsonObject)) return 'is not an object with a list "streams"';
  const odd = streams.find(({ metadata = null }) => metadata !== null && !isListOfObjects(metadata));
  if (odd === undefined) return undefined;
  return `has a stream ${String(odd['tap_stream_id'] ?? odd['stream'])} whose "metadata" is no list of objects`;
}

function isListOfObjects(value: JsonValue): boolean {
  return isJsonArray(value) && value.every(isJsonObject);
}

function parseText(text: string, plugin: string, file: string | undefined): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    const { line, column, at } = jsonFault(text);
    const near = text.slice(Math.max(0, at - 9), at + 10);
    const what =
      file === undefined
        ? `'${plugin}' printed text that is not JSON near ${JSON.stringify(near)}`
        : `${file} is not JSON at line ${line}, column ${column}, near ${JSON.stringify(near)}`;
    throw catalogError('invalid_catalog', {
      message: `Invalid catalog: ${what}`,
      hint: hintFor(plugin, file),
      details: { plugin, file, near, line, column },
      ...(file === undefined ? {} : { place: { file, line, column } }),
      cause,
    });
  }
}

function hintFor(plugin: string, file: string | undefined): string {
  return file === undefined
    ? `meltano invoke ${plugin} --discover`
    : `mend the file, or make it anew: meltano invoke ${plugin} --discover > ${file}`;
}

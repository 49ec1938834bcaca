import { isJsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import type { Catalog } from '@meltano/singer/catalog';
import { catalogError } from './errors.ts';

/** Reads the text of a catalog file. Throws `catalog.invalid_catalog` that says where it breaks. */
export function parseCatalog(text: string, plugin: string): Catalog {
  const value = parseText(text, plugin);
  if (isJsonObject(value) && Array.isArray(value['streams']) && value['streams'].every(isJsonObject)) {
    return value as unknown as Catalog;
  }
  throw catalogError('invalid_catalog', {
    message: `Invalid catalog: what '${plugin}' printed is not an object with a list "streams"`,
    hint: `meltano invoke ${plugin} --discover`,
    details: { plugin },
  });
}

function parseText(text: string, plugin: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    const at = Number(/position (\d+)/.exec(String(cause))?.[1] ?? text.length);
    const near = text.slice(Math.max(0, at - 9), at + 10);
    throw catalogError('invalid_catalog', {
      message: `Invalid catalog: '${plugin}' printed text that is not JSON near ${JSON.stringify(near)}`,
      hint: `meltano invoke ${plugin} --discover`,
      details: { plugin, near },
      cause,
    });
  }
}

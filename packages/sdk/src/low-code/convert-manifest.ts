import { readFile } from 'node:fs/promises';
import { errorMessage } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import { asAirbyteManifest, describeProblems, importAirbyte } from './airbyte/import-airbyte.ts';
import { manifestError } from './errors.ts';
import { parseYaml } from './parse-yaml.ts';

export interface ConvertedManifest {
  /** In the own format; undefined when no stream could be taken. */
  readonly manifest: JsonObject | undefined;
  readonly streams: readonly string[];
  /** One line for each thing that could not be taken. */
  readonly problems: readonly string[];
}

/** Reads a manifest of Airbyte and converts what can be. Throws `manifest.unreadable` and `manifest.invalid`. */
export async function convertManifest(path: string, shownAs: string): Promise<ConvertedManifest> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw manifestError('unreadable', {
      message: `The manifest ${shownAs} cannot be read: ${errorMessage(cause)}`,
      hint: 'check the path',
      place: { file: shownAs },
      cause,
    });
  }
  const { value, lineOf } = parseYaml(text, shownAs);
  const document = asAirbyteManifest(value);
  if (document === undefined) {
    throw manifestError('invalid', {
      message: `${shownAs} is no manifest of Airbyte`,
      hint: 'it has "type: DeclarativeSource" at its top; a manifest of the own format needs no conversion',
      place: { file: shownAs },
    });
  }
  const { manifest, imported, problems } = importAirbyte(document);
  return { manifest, streams: imported, problems: describeProblems(problems, shownAs, lineOf) };
}

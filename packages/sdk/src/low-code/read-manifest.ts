import { readFile } from 'node:fs/promises';
import { errorMessage } from '@meltano/foundation/errors';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { asAirbyteManifest, describeProblems, importAirbyte } from './airbyte/import-airbyte.ts';
import { checkParents } from './check-parents.ts';
import { checkValue } from './check-value.ts';
import { manifestError } from './errors.ts';
import type { Manifest } from './manifest.ts';
import { placesIn } from './manifest-place.ts';
import { manifestSchema } from './manifest-schema.ts';
import { dotted, invalid, type LineOf, parseYaml } from './parse-yaml.ts';

/** Reads a manifest, YAML or JSON. Throws `manifest.unreadable` and `manifest.invalid`, with file, line and path. */
export async function readManifest(file: string, options: ManifestOptions = {}): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw manifestError('unreadable', {
      message: `The manifest ${options.shownAs ?? file} cannot be read: ${errorMessage(cause)}`,
      hint: 'check the path; one that is not absolute begins at the working directory',
      place: { file },
      cause,
    });
  }
  return parseManifest(text, options.shownAs ?? file, options);
}

/** The manifest that a text says; `file` is for messages. */
export function parseManifest(text: string, file: string, options: ManifestOptions = {}): Manifest {
  const { value, lineOf } = parseYaml(text, file);
  return checkedManifest(value, file, { ...options, lineOf });
}

export interface ManifestOptions {
  /** Of a manifest of Airbyte, leave streams out that cannot be taken. Default: refuse it. */
  readonly partial?: boolean;
  /** How messages name the file. Default: its path. */
  readonly shownAs?: string;
}

interface CheckOptions extends ManifestOptions {
  readonly lineOf?: LineOf;
}

/** The manifest that a value is, also one of Airbyte; `file` and `lineOf` are for messages. */
export function checkedManifest(
  value: JsonValue,
  file: string,
  { partial = false, lineOf = () => undefined }: CheckOptions = {},
): Manifest {
  const airbyte = asAirbyteManifest(value);
  if (airbyte !== undefined)
    return { ...withDefaults(importedManifest(airbyte, file, partial, lineOf)), isImported: true };
  const problems = checkValue(manifestSchema, value);
  if (problems.length > 0)
    throw invalid(
      file,
      problems.map(({ path, problem }) => ({ line: lineOf(path), path: dotted(path), problem })),
    );
  const placeOf = placesIn(value as JsonObject & Manifest, file, lineOf);
  const manifest = { ...withDefaults(value as JsonObject & Manifest), placeOf };
  const lost = checkParents(manifest).map(({ path, problem }) => {
    const { line, path: written = dotted(path) } = placeOf(dotted(path)) ?? {};
    return { line, path: written, problem };
  });
  if (lost.length > 0) throw invalid(file, lost);
  return manifest;
}

/** What of a manifest of Airbyte can be taken; everything, unless a part is enough. */
function importedManifest(document: JsonObject, file: string, partial: boolean, lineOf: LineOf): Manifest {
  const { manifest, imported, problems } = importAirbyte(document);
  const texts = describeProblems(problems, file, lineOf);
  const isWhole = [...problems.values()].flat().every(({ isTaken = false }) => isTaken);
  if (manifest === undefined || (!partial && !isWhole)) {
    throw manifestError('not_imported', {
      message: `${file} is a manifest of Airbyte that cannot be taken ${howMuch(imported.length, problems)}:\n${texts.join('\n') || 'it has no streams'}`,
      hint:
        manifest === undefined
          ? 'write its streams in the own format, which low-code.schema.json of @meltano/sdk describes, or as a tap in code'
          : 'change these places, or set leave_out_unsupported to go without these streams',
      place: { file },
      details: { problems: texts },
    });
  }
  const wrong = checkValue(manifestSchema, manifest);
  if (wrong.length > 0)
    throw invalid(
      file,
      wrong.map(({ path, problem }) => ({ line: undefined, path: dotted(path), problem })),
    );
  return manifest as JsonObject & Manifest;
}

/** Counts streams; problems of the whole document stand under "". */
function howMuch(taken: number, problems: ReadonlyMap<string, unknown>): string {
  if (taken === 0) return 'at all';
  const lost = [...problems.keys()].filter((name) => name !== '').length;
  return lost === 0 ? 'whole' : `whole: ${lost} of its ${taken + lost} streams`;
}

function withDefaults(manifest: Manifest): Manifest {
  const { defaults = {}, streams, stream_templates: templates } = manifest;
  return {
    ...manifest,
    ...(templates === undefined
      ? {}
      : {
          stream_templates: templates.map((each) => ({ ...each, stream: { ...defaults, ...each.stream } })),
        }),
    streams: Object.fromEntries(
      Object.entries(streams).map(([name, stream]) => [name, { ...defaults, ...stream }]),
    ),
  };
}

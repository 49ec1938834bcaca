import { readFile } from 'node:fs/promises';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { LineCounter, parseDocument } from 'yaml';
import { importAirbyte } from './airbyte/import-airbyte.ts';
import { checkValue, type ValueProblem } from './check-value.ts';
import { manifestError } from './errors.ts';
import type { Manifest } from './manifest.ts';
import { manifestSchema } from './manifest-schema.ts';

/** Reads a manifest, YAML or JSON. Throws `manifest.unreadable` and `manifest.invalid`, with file, line and path. */
export async function readManifest(file: string, options: ManifestOptions = {}): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw manifestError('unreadable', {
      message: `The manifest ${file} cannot be read: ${errorMessage(cause)}`,
      hint: 'check the path; one that is not absolute begins at the working directory',
      place: { file },
      cause,
    });
  }
  return parseManifest(text, file, options);
}

/** The manifest that a text says; `file` is for messages. */
export function parseManifest(text: string, file: string, options: ManifestOptions = {}): Manifest {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const lineAt = (offset: number | undefined) =>
    offset === undefined ? undefined : lines.linePos(offset).line;
  const [error] = document.errors;
  if (error !== undefined) {
    throw invalid(file, [
      {
        line: lineAt(error.pos[0]),
        problem: error.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? '',
      },
    ]);
  }
  const lineOf = (path: ValueProblem['path']): number | undefined => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined;
      if (node?.range !== undefined) return lineAt(node.range[0]);
    }
    return undefined;
  };
  return checkedManifest(document.toJS() as JsonValue, file, { ...options, lineOf });
}

export interface ManifestOptions {
  /** Of a manifest of Airbyte, leave streams out that cannot be taken. Default: refuse it. */
  readonly partial?: boolean;
}

interface CheckOptions extends ManifestOptions {
  readonly lineOf?: (path: ValueProblem['path']) => number | undefined;
}

/** The manifest that a value is, also one of Airbyte; `file` and `lineOf` are for messages. */
export function checkedManifest(
  value: JsonValue,
  file: string,
  { partial = false, lineOf = () => undefined }: CheckOptions = {},
): Manifest {
  if (isJsonObject(value) && value['type'] === 'DeclarativeSource')
    return withDefaults(importedManifest(value, file, partial));
  const problems = checkValue(manifestSchema, value);
  if (problems.length > 0)
    throw invalid(
      file,
      problems.map(({ path, problem }) => ({ line: lineOf(path), path: dotted(path), problem })),
    );
  return withDefaults(value as JsonObject & Manifest);
}

/** What of a manifest of Airbyte can be taken; everything, unless a part is enough. */
function importedManifest(document: JsonObject, file: string, partial: boolean): Manifest {
  const { manifest, problems } = importAirbyte(document);
  const texts = [...problems].flatMap(([stream, list]) =>
    list.map(
      ({ path, component, reason, advice }) => `${stream} (${path}, ${component}): ${reason}; ${advice}`,
    ),
  );
  if (manifest === undefined || (!partial && texts.length > 0)) {
    throw manifestError('not_imported', {
      message: `${file} is a manifest of Airbyte that cannot be taken ${manifest === undefined ? 'at all' : 'whole'}: ${texts.join('\n') || 'it has no streams'}`,
      hint:
        manifest === undefined
          ? 'write its streams as docs/sdk/low-code.md says'
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

function withDefaults(manifest: Manifest): Manifest {
  const { defaults = {}, streams } = manifest;
  return {
    ...manifest,
    streams: Object.fromEntries(
      Object.entries(streams).map(([name, stream]) => [name, { ...defaults, ...stream }]),
    ),
  };
}

interface Located {
  readonly line: number | undefined;
  readonly path?: string;
  readonly problem: string;
}

function invalid(file: string, problems: readonly Located[]) {
  const texts = problems.map(({ line, path, problem }) => {
    const place = line === undefined ? '' : `line ${line}: `;
    return `${place}${path === undefined || path === '' ? '' : `${path} `}${problem}`;
  });
  const [first] = problems;
  return manifestError('invalid', {
    message: `${file} is no valid manifest: ${texts.join('; ')}`,
    hint: 'docs/sdk/low-code.md describes the format; editors complete it with low-code.schema.json',
    place: {
      file,
      ...(first?.line === undefined ? {} : { line: first.line }),
      ...(first?.path === undefined ? {} : { path: first.path }),
    },
    details: { problems: texts },
  });
}

function dotted(path: ValueProblem['path']): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

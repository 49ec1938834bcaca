import { isJsonArray, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { ValueProblem } from './check-value.ts';
import { manifestError } from './errors.ts';

/** The line where a member is written, or the nearest that is around it. */
export type LineOf = (path: ValueProblem['path']) => number | undefined;

/** The value that YAML, or JSON, says; `file` is for messages. Throws `manifest.invalid` with the line. */
export function parseYaml(
  text: string,
  file: string,
): { readonly value: JsonValue; readonly lineOf: LineOf } {
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
  const lineOf: LineOf = (path) => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = keyOf(document, path.slice(0, length)) ?? document.getIn(path.slice(0, length), true);
      const { range } = (node ?? {}) as { readonly range?: readonly number[] };
      if (range !== undefined) return lineAt(range[0]);
    }
    return undefined;
  };
  return { value: plainValue(document, file, lineOf), lineOf };
}

/** The name of a member: what it holds may begin on the next line. */
function keyOf(document: ReturnType<typeof parseDocument>, path: ValueProblem['path']): unknown {
  const owner = document.getIn(path.slice(0, -1), true);
  const name = path.at(-1);
  if (!isMap(owner) || name === undefined) return undefined;
  return owner.items.find(({ key }) => isScalar(key) && String(key.value) === String(name))?.key;
}

/** The document with its aliases followed. Those that multiply, or lead into themselves, are refused. */
function plainValue(document: ReturnType<typeof parseDocument>, file: string, lineOf: LineOf): JsonValue {
  let value: JsonValue;
  try {
    value = document.toJS({ maxAliasCount: 1_000 }) as JsonValue;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw invalid(file, [
      { line: undefined, problem: 'has aliases (*name) that multiply beyond all measure' },
    ]);
  }
  const circle = findCircle(value, [], new Set());
  if (circle === undefined) return value;
  const problem = 'is an alias (*name) of something that it stands in itself';
  throw invalid(file, [{ line: lineOf(circle), path: dotted(circle), problem }]);
}

/** Where a value holds itself. `open` are the objects on the way to it. */
function findCircle(
  value: JsonValue,
  path: ValueProblem['path'],
  open: Set<JsonValue>,
): ValueProblem['path'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (open.has(value)) return path;
  open.add(value);
  const members: readonly (readonly [string | number, JsonValue])[] = isJsonArray(value)
    ? value.map((each, index) => [index, each] as const)
    : Object.entries(value as JsonObject);
  for (const [name, each] of members) {
    const found = findCircle(each, [...path, name], open);
    if (found !== undefined) return found;
  }
  open.delete(value);
  return undefined;
}

interface Located {
  readonly line: number | undefined;
  readonly path?: string;
  readonly problem: string;
}

/** What is wrong with a manifest, with the places. */
export function invalid(file: string, problems: readonly Located[]) {
  const texts = problems.map(({ line, path, problem }) => {
    const place = line === undefined ? '' : `line ${line}: `;
    return `${place}${path === undefined || path === '' ? '' : `${path} `}${problem}`;
  });
  const [first] = problems;
  return manifestError('invalid', {
    message: `${file} is no valid manifest: ${texts.join('; ')}`,
    hint: 'low-code.schema.json of @meltano/sdk describes every member; an editor completes from it with the first line "# yaml-language-server: $schema=./node_modules/@meltano/sdk/low-code.schema.json"',
    place: {
      file,
      ...(first?.line === undefined ? {} : { line: first.line }),
      ...(first?.path === undefined ? {} : { path: first.path }),
    },
    details: { problems: texts },
  });
}

/** A path as it is written, e.g. `streams.users.paginate`. */
export function dotted(path: ValueProblem['path']): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

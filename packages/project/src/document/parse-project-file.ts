import type { ErrorPlace } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { documentError } from './errors.ts';
import { createLineIndex, type LineIndex } from './line-index.ts';
import { keyText, nodeValue } from './node-value.ts';
import { type ParseOptions, parseUnindented } from './parse-unindented.ts';

/** Keys of mappings, positions in lists. */
export type DocumentPath = readonly (string | number)[];

/** One YAML file of a project, read: its plain value, and where each part of it stands. */
export interface ProjectFile {
  /** As it is shown to people, relative to the project's root. */
  readonly path: string;
  readonly text: string;
  readonly value: JsonObject;
  /** Where the value at `path` stands; the nearest enclosing part when there is no such value. */
  place(path: DocumentPath): ErrorPlace;
}

/**
 * Reads the text of a `meltano.yml` or of a file that it includes. Throws `document.invalid_yaml` with file,
 * line, column and text of that line; `document.empty` or `document.not_a_mapping` when there is nothing
 * to read a project from. An included file may be empty.
 */
export function parseProjectFile(
  path: string,
  text: string,
  options: { readonly mayBeEmpty?: boolean } = {},
): ProjectFile {
  const document = parseYaml(path, text, { forEditing: false });
  const value = document.contents === null ? null : nodeValue(document.contents, document);
  if (value === null && options.mayBeEmpty !== true) throw emptyFile(path);
  if (value !== null && !isJsonObject(value)) throw notAMapping(path, createLineIndex(path, text));
  return createProjectFile(path, text, value ?? {}, () => document);
}

/**
 * A file whose value is known already, for example from a cache; the text is only parsed when somebody asks
 * where something stands.
 */
export function createProjectFile(
  path: string,
  text: string,
  value: JsonObject,
  parse: () => Document.Parsed = () => parseYaml(path, text, { forEditing: false }),
): ProjectFile {
  const lines = createLineIndex(path, text);
  let document: Document.Parsed | undefined;
  const find = (logical: DocumentPath) => {
    document ??= parse();
    return placeOf(logical, document.contents, lines);
  };
  return { path, text, value, place: (logical) => latePlace(path, logical, find) };
}

/** A place that is looked for when its line is asked for; most never are. */
function latePlace(
  file: string,
  logical: DocumentPath,
  find: (logical: DocumentPath) => ErrorPlace,
): ErrorPlace {
  let found: ErrorPlace | undefined;
  const place = () => {
    found ??= find(logical);
    return found;
  };
  return {
    file,
    get line() {
      return place().line ?? 1;
    },
    get column() {
      return place().column ?? 1;
    },
    get text() {
      return place().text ?? '';
    },
    ...(logical.length > 0 && { path: logical.join(' › ') }),
  };
}

/**
 * The parsed document; malformed text throws `document.invalid_yaml`. With its source tokens it can be edited,
 * without them it is made faster, and only read: the text that was parsed last is not parsed again, since an
 * edit reads its own result three times.
 */
export function parseYaml(
  path: string,
  text: string,
  options: { readonly forEditing: boolean },
): Document.Parsed {
  if (options.forEditing) return parseAnew(path, text, options);
  if (last?.text !== text) last = { text, document: parseAnew(path, text, options) };
  return last.document;
}

let last: { readonly text: string; readonly document: Document.Parsed } | undefined;

function parseAnew(path: string, text: string, options: { readonly forEditing: boolean }): Document.Parsed {
  const known: ParseOptions = {
    merge: true,
    keepSourceTokens: options.forEditing,
    prettyErrors: false,
    logLevel: 'error',
  };
  const document = parseDocument(text, known);
  const [error] = document.errors;
  if (error === undefined) return document;
  const lenient = parseUnindented(text, known);
  if (lenient === undefined || lenient.errors.length > 0) throw invalidYaml(path, text, error);
  return lenient;
}

function invalidYaml(path: string, text: string, error: YAMLError) {
  const place = createLineIndex(path, text).place(Math.min(error.pos[0], text.length), []);
  const [first = ''] = error.message.split('\n');
  const what = error.code === 'MULTIPLE_DOCS' ? 'A second document begins here' : first.replace(/[.:]$/, '');
  return documentError('invalid_yaml', {
    message: `${path} is not valid YAML: line ${place.line}, column ${place.column}: ${what}`,
    hint: `Correct line ${place.line} of ${path}`,
    place,
    details: { reason: error.code },
    cause: error,
  });
}

function emptyFile(path: string) {
  return documentError('empty', {
    message: `Your ${path} file is empty`,
    hint: 'Please update your meltano file with a valid configuration',
    place: { file: path, line: 1, column: 1 },
  });
}

function notAMapping(path: string, lines: LineIndex) {
  return documentError('not_a_mapping', {
    message: `${path} does not hold a mapping of keys to values`,
    hint: 'A project file begins with keys such as `plugins:` or `default_environment: dev`',
    place: lines.place(0, []),
  });
}

function placeOf(path: DocumentPath, root: Node | null, lines: LineIndex): ErrorPlace {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const part of path) {
    const next = step(node, part);
    if (next === undefined) break;
    offset = next.offset;
    node = next.node;
  }
  return lines.place(offset, path);
}

function step(node: unknown, part: string | number): { node: unknown; offset: number } | undefined {
  if (isAlias(node)) return undefined;
  if (isMap(node)) {
    const pair = node.items.find((each) => keyText(each.key) === String(part));
    const key = pair?.key;
    return isScalar(key) ? { node: pair?.value, offset: key.range?.[0] ?? 0 } : undefined;
  }
  if (!isSeq(node)) return undefined;
  const item = node.items[Number(part)] as Node | undefined;
  return item?.range ? { node: item, offset: item.range[0] } : undefined;
}

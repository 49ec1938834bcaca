import { readFileSync } from 'node:fs';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonArray, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { configError } from '../config/errors.ts';
import { problemText } from '../schema/problem-text.ts';
import { compileSchema, schemaProblems } from '../schema/validate.ts';
import { fileError } from './errors.ts';

const fileProperties: JsonObject = {
  entity: { type: 'string', minLength: 1, description: 'Name of the stream.' },
  path: {
    type: 'string',
    minLength: 1,
    description: 'A file, a folder or a glob; relative to the working directory.',
  },
  keys: { type: 'array', items: { type: 'string' }, description: 'Names of the columns that make the key.' },
  schema: {
    type: 'object',
    description: 'JSON Schemas of columns by name, where they are not what the file suggests.',
    additionalProperties: { type: 'object' },
  },
  replication_key: {
    type: 'string',
    description: 'Column for incremental runs: only records with the same or a greater value are read again.',
  },
  only_modified: {
    type: 'boolean',
    description: 'Read only files that are new or have changed since the last run.',
  },
};

const textProperties: JsonObject = {
  encoding: { type: 'string', description: 'Encoding of the text, utf-8 by default.' },
};

/** What every entry of `files` says, with nothing left out. */
export interface FileEntry {
  readonly entity: string;
  readonly path: string;
  readonly keys: readonly string[];
  readonly schema: JsonObject;
  readonly replicationKey: string | undefined;
  readonly onlyModified: boolean;
  readonly encoding: string;
  /** What the format adds to an entry, as it is written; checked against the schemas that the format gives. */
  readonly options: JsonObject;
}

interface WrittenFileEntry {
  readonly entity: string;
  readonly path: string;
  readonly keys?: readonly string[];
  readonly schema?: JsonObject;
  readonly replication_key?: string;
  readonly only_modified?: boolean;
  readonly encoding?: string;
}

/** What a format says of entries; see `FileFormat`. */
interface EntryMembers {
  readonly options?: JsonObject;
  readonly requiredOptions?: readonly string[];
  readonly isBinary?: boolean;
}

/** The JSON Schema of an entry, with the properties that a format adds; one whose files are no text has no encoding. */
export function entrySchema(format: EntryMembers) {
  const text = format.isBinary === true ? {} : textProperties;
  const properties = { ...fileProperties, ...text, ...format.options };
  return {
    type: 'object',
    required: [...alwaysRequired, ...(format.requiredOptions ?? [])],
    properties,
    // A misspelt member would be a file that is read in another way than was meant, without a word.
    additionalProperties: false,
  } satisfies JsonObject;
}

const alwaysRequired = ['entity', 'path'];

/** The entry at this position of the list. Throws `config.invalid` when it is not as its schema says. */
export function parseEntry(value: JsonValue, at: number, schema: JsonObject): FileEntry {
  const problems = schemaProblems(compileSchema(schema), value).map(
    (problem) => `"files[${at}]${problem.path}" ${problemText(problem)}`,
  );
  if (problems.length === 0) return fileEntry(value as unknown as WrittenFileEntry & JsonObject);
  throw configError('invalid', {
    message: `The configuration is not valid: ${problems.join('; ')}`,
    hint: `an entry has ${[schema['required'] ?? []].flat().join(', ')}, and usually keys`,
  });
}

function fileEntry(written: WrittenFileEntry & JsonObject): FileEntry {
  const common = { ...fileProperties, ...textProperties };
  return {
    entity: written.entity,
    path: written.path,
    keys: written.keys ?? [],
    schema: written.schema ?? {},
    replicationKey: written.replication_key,
    onlyModified: written.only_modified ?? false,
    encoding: written.encoding ?? 'utf-8',
    options: Object.fromEntries(Object.entries(written).filter(([name]) => !(name in common))),
  };
}

/** Where the list of files may be said; the first that is given counts. */
export interface FilesSources {
  readonly files: readonly JsonValue[] | undefined;
  /** A JSON file that holds the list. */
  readonly definitionPath: string | undefined;
  /** A single path, which is one entry with the name of the file or folder. */
  readonly singlePath: string | undefined;
}

/** The list of files as it is written. */
export function writtenEntries({ files, definitionPath, singlePath }: FilesSources): readonly JsonValue[] {
  if (files !== undefined) return files;
  if (singlePath !== undefined && singlePath !== '')
    return [{ entity: nameOf(singlePath), path: singlePath }];
  if (definitionPath === undefined || definitionPath === '') {
    throw fileError('invalid_definition', {
      message: 'The configuration names no files',
      hint: 'set files to a list such as [{"entity": "customers", "path": "data/customers.csv", "keys": ["id"]}]',
    });
  }
  const entries = readDefinition(definitionPath);
  if (isJsonArray(entries)) return entries;
  throw fileError('invalid_definition', {
    message: `${definitionPath} must hold a list of files`,
    hint: 'write it as [{"entity": …, "path": …, "keys": […]}]',
    place: { file: definitionPath },
  });
}

function readDefinition(path: string): JsonValue {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as JsonValue;
  } catch (cause) {
    throw fileError('invalid_definition', {
      message: `The file definition ${path} cannot be read: ${errorMessage(cause)}`,
      hint: 'the path is relative to the working directory, and the file must be JSON',
      place: { file: path },
      cause,
    });
  }
}

/** The last part of a path that holds no pattern, without its endings. */
function nameOf(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== '' && !/^\.*$|[*?[{]/.test(part));
  return parts.at(-1)?.replace(/(?<=.)\..*$/, '') ?? 'files';
}

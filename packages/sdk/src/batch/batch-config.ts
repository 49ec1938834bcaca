import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { defineConfig } from '../config/config.ts';
import { batchSettings } from './batch-settings.ts';
import { batchError } from './errors.ts';

/** `jsonl`: JSON Lines; `parquet`: columns with the types of the stream's schema. */
export type BatchFormat = 'jsonl' | 'parquet';

/** How a tap writes batch files. */
export interface BatchOptions {
  /** The tap's name, as part of the files' names. */
  readonly tap: string;
  readonly format: BatchFormat;
  readonly compression: 'gzip' | 'none';
  /** A folder on this machine. */
  readonly root: string;
  readonly prefix: string;
  /** Records per file. */
  readonly batchSize: number;
}

/** Reads the setting; undefined without it. Throws `config.invalid` or `batch.invalid_config`. */
export function parseBatchConfig(config: JsonObject, tap: string): BatchOptions | undefined {
  const { batch_config: given } = settings.parse(config);
  if (given === undefined) return undefined;
  const encoding = memberObject(given, 'encoding');
  const storage = memberObject(given, 'storage');
  const { format = 'jsonl', compression = 'gzip' } = encoding;
  const { root, prefix = '' } = storage;
  if (format !== 'jsonl' && format !== 'parquet') throw invalid('encoding.format', 'jsonl or parquet');
  if (compression !== 'gzip' && compression !== 'none') throw invalid('encoding.compression', 'gzip or none');
  if (typeof root !== 'string' || /^(?!file:)[a-z0-9]+:\/\//.test(root))
    throw invalid('storage.root', 'a folder on this machine, such as file:///tmp/batches');
  const batchSize = Number(given['batch_size'] ?? 10_000);
  if (!Number.isInteger(batchSize) || batchSize < 1) throw invalid('batch_size', 'a number of records');
  return {
    tap,
    format,
    compression,
    root: root.replace(/^file:\/\//, ''),
    prefix: String(prefix),
    batchSize,
  };
}

const settings = defineConfig(batchSettings);

function memberObject(given: JsonObject, member: string): JsonObject {
  const value = given[member] ?? {};
  if (!isJsonObject(value)) throw invalid(member, 'an object');
  return value;
}

function invalid(member: string, wanted: string) {
  return batchError('invalid_config', {
    message: `The configuration is not valid: "batch_config.${member}" must be ${wanted}`,
    hint: `correct batch_config.${member}, or leave batch_config away, so that records are sent`,
  });
}

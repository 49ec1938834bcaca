import { type DestinationContext, defineTarget } from '@meltano/sdk';
import { filesError } from './errors.ts';
import { createFilePool, type FilePool } from './jsonl/file-pool.ts';
import { type JsonlTargetConfig, jsonlTargetConfig } from './jsonl/jsonl-target-config.ts';
import { appendToFile, fileOf, replaceFile } from './jsonl/output-file.ts';

export const targetJsonl = defineTarget({
  name: 'target-jsonl',
  label: 'JSON Lines (JSONL)',
  description: 'Writes streams into local files, one JSON object per line',
  version: '0.1.0',
  definition: { keywords: ['file', 'jsonl', 'native'] },
  config: jsonlTargetConfig,
  replaces: ({ config }) => config.load_method === 'overwrite',
  sink({ name }, context) {
    const { config } = context;
    const path = fileOf(name, config, new Date(runOf(context).startedAt));
    const replaces = config.load_method === 'overwrite';
    claim(path, name, context, config.custom_name !== undefined && !replaces);
    const { pool } = runOf(context);
    return replaces ? replaceFile(path, pool) : appendToFile(path, pool);
  },
});

type Context = DestinationContext<JsonlTargetConfig>;

/** What one run has begun: when it started, which stream has which file, and the files that are open. */
interface Run {
  readonly startedAt: number;
  readonly files: Map<string, string>;
  readonly pool: FilePool;
}

const runs = new WeakMap<Context, Run>();

function runOf(context: Context): Run {
  const known = runs.get(context);
  if (known !== undefined) return known;
  const run = { startedAt: context.clock.now(), files: new Map<string, string>(), pool: createFilePool() };
  runs.set(context, run);
  return run;
}

/** Singer rule 77: two streams never end in one file, unless they were given one name. */
function claim(path: string, stream: string, context: Context, shared: boolean): void {
  const { files } = runOf(context);
  const other = files.get(path);
  if (other !== undefined && other !== stream && !shared) throw clash(path, other, stream);
  files.set(path, stream);
}

function clash(path: string, first: string, second: string) {
  return filesError('name_clash', {
    message: `The streams ${first} and ${second} would both be written into the file ${path}`,
    hint: 'rename one of them with a mapper, deselect it, or unset custom_name',
    details: { streams: [first, second] },
  });
}

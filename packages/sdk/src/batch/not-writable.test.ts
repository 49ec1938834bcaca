import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import { afterAll, expect, test } from 'vitest';
import type { RecordItem } from '../connector.ts';
import { parseBatchConfig } from './batch-config.ts';
import { writeBatches } from './write-batches.ts';

const folder = mkdtempSync(join(tmpdir(), 'not-writable-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function write(root: string, encoding: JsonObject, rows: number): Promise<void> {
  const config = { batch_config: { encoding, storage: { root } } };
  const options = parseBatchConfig(config, 'tap-x') as NonNullable<ReturnType<typeof parseBatchConfig>>;
  const schema: JsonObject = { properties: { id: { type: 'integer' } } };
  const records = Array.from({ length: rows }, (_, id) => ({ id }));
  const items: RecordItem[] = [
    { kind: 'schema', stream: 't', schema, keyProperties: [] },
    { kind: 'records', stream: 't', records, bytes: 10 },
  ];
  const given = async function* () {
    yield* items;
  };
  for await (const _ of writeBatches(given(), options, 'run'));
}

const device = '/dev/full';
test.skipIf(!existsSync(device)).each([
  ['jsonl', 'gzip', '.json.gz', 10],
  ['jsonl', 'none', '.json', 10],
  ['jsonl', 'none', '.json', 10_000],
  ['parquet', 'none', '.parquet', 10],
  ['parquet', 'gzip', '.parquet', 10_000],
])(
  'a full disk is told with the file, and nothing is left there: %s, %s',
  async (format, compression, ending, rows) => {
    const root = join(folder, 'full');
    mkdirSync(root, { recursive: true });
    const path = join(root, `tap-x--t-run-1${ending}`);
    symlinkSync(device, path);
    await expect(write(root, { format, compression }, rows)).rejects.toMatchObject({
      code: 'batch.not_writable',
      message: expect.stringMatching(`^A batch of stream t cannot be written to ${path}: ENOSPC`) as string,
      hint: expect.stringContaining('make room') as string,
      details: { code: 'ENOSPC' },
    });
    expect(readdirSync(root)).toEqual([]);
  },
);

test('a folder that cannot be made is told', async () => {
  const root = join(folder, 'file');
  writeFileSync(root, '');
  await expect(write(join(root, 'below'), { format: 'jsonl' }, 1)).rejects.toMatchObject({
    code: 'batch.not_writable',
    details: { path: join(root, 'below') },
    hint: expect.stringContaining('storage.root') as string,
  });
});

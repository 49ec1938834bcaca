import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { RecordItem } from '../connector.ts';
import { compareOrdinals, replicationOrder } from '../tap/replication-value.ts';
import { assertNeverBack, bookmarkIn, bookmarkOfRecord } from './bookmarks.ts';
import { parseOutput } from './drive-tap.ts';
import { spawnProgram } from './spawn-program.ts';
import { identify, outputByStream, type StreamOutput } from './tap-output.ts';

export interface KilledRunsOptions {
  /** The tap as a program, with its arguments but for `--state`. Its source must not change meanwhile. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** So often it is killed at most, before it may go on to its end. Default 6. */
  readonly kills?: number;
  /** Between 0 and 1; says after how many lines it is killed. Default `Math.random`. */
  readonly random?: () => number;
  /** Streams with an overlap: they read again what lies before their bookmark. */
  readonly rereads?: readonly string[];
}

/** What was tried, so that a test can be sure that it was enough. */
export interface KilledRuns {
  readonly kills: number;
  /** Runs that went on from a state. */
  readonly resumed: number;
}

/**
 * Runs a tap as a program of its own, kills it with SIGKILL after some line of its output, starts it again with the
 * last whole STATE line, and so on until it ends. As a target would that dies with it, nothing after that line counts.
 * Throws when a record is lost, when a bookmark goes back, and when a run begins before its state.
 *
 * The program must be killed in the middle of its work for this to mean anything: let the source be so slow, or have
 * so many records, that the pipe cannot take them all.
 */
export async function assertSurvivesKills(options: KilledRunsOptions): Promise<KilledRuns> {
  const { kills = 6, random = Math.random, rereads = [] } = options;
  const whole = await runOnce(options, undefined, Number.POSITIVE_INFINITY);
  const streams = outputByStream(whole.items);
  const kept: RecordItem[] = [];
  const done = { kills: 0, resumed: 0 };
  let state: JsonValue | undefined;
  for (let ended = false; !ended; ) {
    const lines = done.kills < kills ? 1 + Math.floor(random() * whole.lines) : Number.POSITIVE_INFINITY;
    const run = await runOnce(options, state, lines);
    ended = !run.wasKilled;
    if (run.wasKilled) done.kills += 1;
    if (state !== undefined) {
      done.resumed += 1;
      assertBeginsAt(state, run.items, { streams, rereads });
    }
    const last = run.items.findLastIndex(({ kind }) => kind === 'state');
    kept.push(...(ended ? run.items : run.items.slice(0, last + 1)));
    const item = run.items[last];
    if (item?.kind === 'state') state = item.value;
  }
  assertNeverBack(kept, streams);
  assertComplete(kept, streams);
  return done;
}

interface OneRun {
  readonly items: readonly RecordItem[];
  readonly lines: number;
  readonly wasKilled: boolean;
}

async function runOnce(
  { command, args, env }: KilledRunsOptions,
  state: JsonValue | undefined,
  killAfter: number,
): Promise<OneRun> {
  const folder = await mkdtemp(join(tmpdir(), 'killed-'));
  try {
    const path = join(folder, 'state.json');
    if (state !== undefined) await writeFile(path, stringifyJson(state));
    const run = spawnProgram(command, [...args, ...(state === undefined ? [] : ['--state', path])], env);
    run.child.stdin.end();
    // It may end before it has so many lines.
    run.untilLines(killAfter).then(
      () => run.child.kill('SIGKILL'),
      () => {},
    );
    const end = await run.ended;
    assert.ok(end === 0 || end === 'SIGKILL', `the tap ends with ${end}: ${run.stderr()}`);
    const items = await parseOutput(run.lines.map((line) => `${line}\n`).join(''));
    return { items, lines: run.lines.length, wasKilled: end !== 0 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Known {
  readonly streams: ReadonlyMap<string, StreamOutput>;
  readonly rereads: readonly string[];
}

/** A run must not read again what its state says it has had. */
function assertBeginsAt(state: JsonValue, items: readonly RecordItem[], { streams, rereads }: Known): void {
  for (const item of items) {
    if (item.kind !== 'records' || rereads.includes(item.stream)) continue;
    const bookmark = bookmarkIn(state, item.stream);
    const schema = streams.get(item.stream)?.schema.schema;
    if (bookmark === undefined || schema === undefined) continue;
    for (const record of item.records) assertNotBefore(record, bookmark, { stream: item.stream, schema });
  }
}

function assertNotBefore(
  record: JsonObject,
  bookmark: JsonObject,
  { stream, schema }: { readonly stream: string; readonly schema: JsonObject },
): void {
  const { replication_key: key, replication_key_value: value } = bookmarkOfRecord(bookmark, record) ?? {};
  if (typeof key !== 'string') return;
  const order = replicationOrder(schema, key);
  const [start, seen] = [order.parse(value), order.parse(record[key])];
  assert.ok(
    start === undefined || seen === undefined || compareOrdinals(seen, start) >= 0,
    `stream ${stream} begins before its state: at ${stringifyJson(record[key] ?? null)}, with the bookmark ${stringifyJson(value ?? null)}`,
  );
}

function assertComplete(kept: readonly RecordItem[], streams: ReadonlyMap<string, StreamOutput>): void {
  const found = outputByStream(kept);
  for (const [name, { schema, records }] of streams) {
    const got = new Set(found.get(name)?.records.map((record) => identify(record, schema.keyProperties)));
    const lost = records.filter((record) => !got.has(identify(record, schema.keyProperties)));
    assert.equal(
      lost.length,
      0,
      `stream ${name}: ${lost.length} of ${records.length} records are lost, ${stringifyJson(lost[0] ?? null)} among them`,
    );
  }
}

import assert from 'node:assert/strict';
import { type JsonObject, stringifyJson } from '@meltano/foundation/json';
import type { Check } from '../check.ts';
import { type TargetDriver, targetDrivers } from '../drive-target.ts';
import { assertRows } from '../rows.ts';
import type { TargetSuiteOptions } from '../target-suite-options.ts';
import { keyStreams } from './key-streams.ts';
import { schemaStreams } from './schema-streams.ts';
import type { TargetStream } from './target-stream.ts';
import { valueStreams } from './value-streams.ts';

const streams: readonly TargetStream[] = [...valueStreams, ...keyStreams, ...schemaStreams];

/**
 * Streams as text, the kinds that the Meltano SDK feeds its targets with among them, in process and as a program:
 * what a target must take is taken and can be read back, what it must refuse is refused. For targets that replace
 * records by their key.
 */
export function targetStreamChecks(
  options: Pick<TargetSuiteOptions, 'target' | 'config' | 'read'>,
): readonly Check[] {
  return targetDrivers(options.target).flatMap((driver) =>
    streams.map((stream) => ({
      id: `stream ${stream.name}`,
      title: `${stream.name}: ${stream.proves}, ${driver.name}`,
      run: () => assertStream(stream, driver, options),
    })),
  );
}

async function assertStream(
  stream: TargetStream,
  driver: TargetDriver,
  { config, read }: Pick<TargetSuiteOptions, 'config' | 'read'>,
): Promise<void> {
  const given = await config();
  const first = await driver.loadText(given, textOf(stream.messages));
  if (stream.refused !== undefined) {
    assert.match(first.failure ?? 'the load succeeded', stream.refused);
    assert.deepEqual(first.states, [], 'a state is acknowledged although the load failed');
    return;
  }
  assert.equal(first.failure, undefined, `the load failed: ${first.failure}`);
  const last = stream.again === undefined ? first : await driver.loadText(given, textOf(stream.again));
  assert.equal(last.failure, undefined, `the second load failed: ${last.failure}`);
  if (stream.state === undefined)
    assert.deepEqual(last.states, [], 'a state is acknowledged that nobody sent');
  else assert.deepEqual(last.states.at(-1), stream.state, 'the last state is not acknowledged');
  for (const [name, rows] of Object.entries(stream.rows ?? {})) assertRows(await read(given, name), rows);
}

function textOf(messages: readonly JsonObject[]): string {
  return messages.map((message) => `${stringifyJson(message)}\n`).join('');
}

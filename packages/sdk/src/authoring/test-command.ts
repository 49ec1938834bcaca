import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { openCassette } from '../http/cassette.ts';
import type { AuthoringWorld } from './authoring-world.ts';
import { authoringError } from './errors.ts';
import { loadConnector } from './load-connector.ts';
import { parseArguments } from './parse-arguments.ts';

const usage = `Usage: meltano-sdk test FILE [options]

Runs the standard suite of taps against a connector, and prints what it does right and wrong.

Options:
  --config FILE      settings as JSON
  --cassette FILE    answer requests from this recording
  --now TIME         the time at which all runs happen, e.g. 2024-06-01T00:00:00Z; needed with a cassette whose
                     requests hold the time
`;

/** Throws when a check fails. */
export async function testConnector(args: readonly string[], world: AuthoringWorld): Promise<void> {
  const { values, positionals } = parseArguments(args, options, 'meltano-sdk test --help');
  const [file] = positionals;
  if (values.help || file === undefined) return world.print(usage);
  const connector = await loadConnector(file, world.cwd);
  if (connector.kind !== 'tap') {
    throw authoringError('usage', {
      message: `${connector.about.name} is a ${connector.kind}; its suite needs to read back what it loads`,
      hint: 'write a test with targetSuite from @meltano/sdk/testing/target-suite',
    });
  }
  const { tapSuite } = await import('../testing/tap-suite.ts');
  const { createTestClock } = await import('../testing/test-clock.ts');
  const { now, cassette } = values;
  const checks = tapSuite({
    tap: connector,
    config: configOf(values.config, world.cwd),
    world: {
      ...(now === undefined ? {} : { clock: () => createTestClock(now) }),
      ...(cassette === undefined ? {} : { fetch: openCassette(resolve(world.cwd, cassette)).fetch }),
    },
  });
  let failed = 0;
  for (const { title, run } of checks) {
    try {
      await run();
      world.print(`ok    ${title}`);
    } catch (error) {
      failed += 1;
      world.print(`FAIL  ${title}\n      ${errorMessage(error).split('\n')[0] ?? ''}`);
    }
  }
  world.print(`${checks.length - failed} of ${checks.length} checks passed`);
  if (failed > 0) {
    throw authoringError('not_a_connector', {
      message: `${failed} checks have failed`,
      hint: 'see the lines above',
    });
  }
}

const options = {
  config: { type: 'string' },
  cassette: { type: 'string' },
  now: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

function configOf(path: string | undefined, cwd: string): JsonObject {
  if (path === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(resolve(cwd, path), 'utf8'));
  } catch {
    value = undefined;
  }
  if (isJsonObject(value)) return value;
  throw authoringError('unreadable_document', {
    message: `The configuration ${path} is not a JSON object that can be read`,
    hint: 'check the path and the content of the file',
  });
}

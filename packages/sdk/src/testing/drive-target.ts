import { Readable } from 'node:stream';
import { errorMessage } from '@meltano/foundation/errors';
import { type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import type { LoadReport, RecordItem, Target } from '../connector.ts';
import { readSinger } from '../host/singer-input.ts';
import { renderItem } from '../host/singer-output.ts';
import { contextOf } from './drive-tap.ts';
import { runConnectorProgram } from './program-run.ts';

/** What came of a load. */
export interface LoadRun {
  /** Acknowledged states, in their order. */
  readonly states: readonly JsonValue[];
  /** Why it failed. */
  readonly failure: string | undefined;
  /** Only in process. */
  readonly report?: LoadReport;
}

/** One of the ways in which a target is run; every check holds for each. */
export interface TargetDriver {
  readonly name: string;
  /** `onState` is called at each acknowledged state, before the target goes on. */
  load(
    config: JsonObject,
    items: readonly RecordItem[],
    onState?: (state: JsonValue) => Promise<void>,
  ): Promise<LoadRun>;
  /** The same with lines of the Singer protocol. */
  loadText(config: JsonObject, text: string): Promise<LoadRun>;
}

export function targetDrivers(target: Target): readonly TargetDriver[] {
  return [inProcess(target), asProgram(target)];
}

function inProcess(target: Target): TargetDriver {
  const load = async (
    config: JsonObject,
    items: AsyncIterable<RecordItem>,
    onState?: (state: JsonValue) => Promise<void>,
  ): Promise<LoadRun> => {
    const states: JsonValue[] = [];
    try {
      const open = await target.open(contextOf(config));
      try {
        const report = await open.load(items, {
          async acknowledge(state) {
            states.push(state);
            await onState?.(state);
          },
        });
        return { states, failure: undefined, report };
      } finally {
        await open.close();
      }
    } catch (error) {
      return { states, failure: errorMessage(error) };
    }
  };
  return {
    name: 'in process',
    load: (config, items, onState) => load(config, each(items), onState),
    async loadText(config, text) {
      const { log, signal } = contextOf(config);
      const input = Readable.from([Buffer.from(text)], { objectMode: false });
      return load(config, readSinger(input, log, signal));
    },
  };
}

async function* each(items: readonly RecordItem[]): AsyncGenerator<RecordItem> {
  yield* items;
}

function asProgram(target: Target): TargetDriver {
  const load = async (
    config: JsonObject,
    stdin: readonly string[],
    onState?: (state: JsonValue) => Promise<void>,
  ): Promise<LoadRun> => {
    const states: JsonValue[] = [];
    let problem: unknown;
    let pending = '';
    const run = await runConnectorProgram(target, {
      files: { config },
      stdin,
      async onOutput(text) {
        const lines = (pending + text).split('\n');
        pending = lines.pop() ?? '';
        for (const line of lines) {
          const state = parseJson(line);
          states.push(state);
          await Promise.resolve(onState?.(state)).catch((error: unknown) => {
            problem ??= error;
          });
        }
      },
    });
    if (problem !== undefined) throw problem;
    return { states, failure: run.code === 0 ? undefined : run.stderr };
  };
  return {
    name: 'as a program',
    load: (config, items, onState) => load(config, items.map(renderItem), onState),
    loadText: (config, text) => load(config, [text]),
  };
}

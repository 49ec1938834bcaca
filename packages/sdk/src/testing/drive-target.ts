import { errorMessage } from '@meltano/foundation/errors';
import { type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import type { LoadReport, RecordItem, Target } from '../connector.ts';
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
}

export function targetDrivers(target: Target): readonly TargetDriver[] {
  return [inProcess(target), asProgram(target)];
}

function inProcess(target: Target): TargetDriver {
  return {
    name: 'in process',
    async load(config, items, onState) {
      const states: JsonValue[] = [];
      try {
        const open = await target.open(contextOf(config));
        try {
          const report = await open.load(each(items), {
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
    },
  };
}

async function* each(items: readonly RecordItem[]): AsyncGenerator<RecordItem> {
  yield* items;
}

function asProgram(target: Target): TargetDriver {
  return {
    name: 'as a program',
    async load(config, items, onState) {
      const states: JsonValue[] = [];
      let problem: unknown;
      let pending = '';
      const run = await runConnectorProgram(target, {
        files: { config },
        stdin: items.map(renderItem),
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
    },
  };
}

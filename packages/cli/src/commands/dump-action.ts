import { readFileSync } from 'node:fs';
import { prepareCatalog } from '@meltano/engine/catalog/prepare-catalog';
import { openInvocation } from '@meltano/engine/invoke/open-invocation';
import { isNative } from '@meltano/engine/run/native';
import type { ExtractLoadBlock, RunPlan } from '@meltano/engine/run/run-plan';
import { effectiveState, emptyRecord } from '@meltano/engine/state/state-record';
import { type JsonValue, stringifyPythonJson } from '@meltano/foundation/json';
import { cliError } from '../errors.ts';
import type { Session } from '../session.ts';

export type Dump = 'catalog' | 'state' | 'extractor-config' | 'loader-config';

/** Prints a file that the pair would be started with, and starts nothing but discovery. */
export async function dumpFile(session: Session, plan: RunPlan, what: Dump): Promise<void> {
  const block = plan.blocks.find((each) => each.kind === 'extract-load');
  if (block === undefined) throw nothingToDump(what);
  const { request } = plan;
  const overrides = {
    ...(request.catalog === undefined ? {} : { _catalog: request.catalog }),
    ...(request.select === undefined && request.exclude === undefined
      ? {}
      : {
          _select_filter: [
            ...(request.select ?? []),
            ...(request.exclude ?? []).map((pattern) => `!${pattern}`),
          ],
        }),
  };
  switch (what) {
    case 'extractor-config':
      return printConfig(session, block.extractor, overrides);
    case 'loader-config':
      return printConfig(session, block.loader, {}, block);
    case 'state':
      return printState(session, block);
    case 'catalog':
      return printCatalog(session, block.extractor, overrides, false);
  }
}

type Plugin = ExtractLoadBlock['extractor'];
type Overrides = Readonly<Record<string, JsonValue>>;

/** The config file of a plugin, of a loader as it would be after its extractor. */
export async function printConfig(
  session: Session,
  plugin: Plugin,
  overrides: Overrides,
  after?: ExtractLoadBlock,
): Promise<void> {
  const upstream =
    after === undefined ? {} : (await session.workspace.preparePlugin(after.extractor)).exported;
  const { config } = await session.workspace.preparePlugin(plugin, { overrides, upstream });
  session.print(stringifyPythonJson(config, { indent: 2 }));
}

async function printState(session: Session, block: ExtractLoadBlock): Promise<void> {
  const { store } = await session.stateRoom();
  const record = block.stateId === undefined ? undefined : await store.get(block.stateId);
  const state = effectiveState(record ?? emptyRecord)['singer_state'];
  if (state === undefined) throw nothingToDump('state');
  session.print(stringifyPythonJson(state, { indent: 2 }));
}

/** The catalog file of an extractor, with the project's selection applied. */
export async function printCatalog(
  session: Session,
  extractor: Plugin,
  overrides: Overrides,
  refresh: boolean,
): Promise<void> {
  const { engine, workspace, log, redactor } = session;
  if (isNative(extractor)) {
    const catalog = await engine.discover(extractor, { refresh });
    session.print(JSON.stringify(catalog, null, 2));
    return;
  }
  const invocation = await openInvocation(workspace, extractor, { overrides });
  try {
    await prepareCatalog(invocation, { root: workspace.root, refresh, log, redact: redactor.apply });
    if (invocation.files === undefined) throw nothingToDump('catalog');
    session.print(readFileSync(invocation.files.catalog, 'utf8').trimEnd());
  } finally {
    invocation.close();
  }
}

function nothingToDump(what: Dump) {
  return cliError('nothing_to_dump', {
    message: `This pipeline has no ${what}`,
    hint: what === 'state' ? 'name a state ID that has state: meltano state list' : 'meltano el --help',
  });
}

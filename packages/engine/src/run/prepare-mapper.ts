import { abortable } from '@meltano/foundation/abort';
import type { OpenMapper, OpenTap } from '@meltano/sdk/connector';
import { mapAll } from '@meltano/sdk/mapper/map-all';
import type { TapMember } from './chain-member.ts';
import { connectorContext, wrongKind } from './prepare-native.ts';
import type { Prepared, Preparing } from './preparing.ts';

/** Opens a mapper of an npm package behind a native tap: what the tap reads is mapped before anybody sees it. */
export async function prepareMapper(preparing: Preparing, before: TapMember): Promise<Prepared> {
  const { options, plugin, upstream, closers } = preparing;
  const { deps, stop } = options.run;
  const prepared = await deps.workspace.preparePlugin(plugin, { upstream });
  deps.redactor.add(...prepared.secrets);
  const connector = await deps.loadConnector(plugin.npmPackage ?? '', plugin.definition.name);
  if (connector.kind !== 'mapper') throw wrongKind(plugin, connector.kind, 'mapper');
  const context = connectorContext(preparing, prepared, before.stop.signal);
  const mapper = await abortable(connector.open(context), stop.killing);
  closers.push(() => mapper.close());
  return { member: { ...before, tap: mappedTap(before.tap, mapper) }, prepared };
}

function mappedTap(tap: OpenTap, mapper: OpenMapper): OpenTap {
  return {
    // Other lanes have no records that could be mapped.
    lanes: ['record'],
    read: () => mapAll(tap.read('record'), mapper),
    close: () => tap.close(),
  };
}

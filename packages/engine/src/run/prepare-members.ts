import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { cannotStart } from './cannot-start.ts';
import type { ChainMember } from './chain-member.ts';
import { isNative } from './native.ts';
import { prepareNative } from './prepare-native.ts';
import { prepareProcess } from './prepare-process.ts';
import type { Prepared, PrepareMembersOptions, Preparing } from './preparing.ts';
import type { StageRole } from './stage.ts';

/** The plugins of a block, ready to be started, and what has to be closed after them. */
export interface PreparedMembers {
  readonly members: readonly ChainMember[];
  close(): Promise<void>;
}

/** Resolves settings, reads state, discovers the catalog, opens native connectors; in the order of the block. */
export async function prepareMembers(options: PrepareMembersOptions): Promise<PreparedMembers> {
  const { block } = options;
  const members: ChainMember[] = [];
  const closers: (() => void | Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  let upstream: Readonly<Record<string, string>> = {};
  const plugins: readonly (readonly [StageRole, ResolvedPlugin])[] = [
    ['extractor', block.extractor],
    ...block.mappers.map((mapper) => ['mapper', mapper] as const),
    ['loader', block.loader],
  ];
  try {
    for (const [role, plugin] of plugins) {
      const { member, prepared } = await prepareMember({ options, role, plugin, upstream, closers });
      members.push(member);
      upstream = { ...upstream, ...prepared.exported };
    }
    return { members, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function prepareMember(preparing: Preparing): Promise<Prepared> {
  const { plugin, role, options } = preparing;
  try {
    const native = isNative(plugin) && role !== 'mapper';
    return await (native ? prepareNative(preparing) : prepareProcess(preparing));
  } catch (cause) {
    throw cannotStart(options.run.plan.request.command === 'run' ? `plugin ${plugin.name}` : role, cause);
  }
}

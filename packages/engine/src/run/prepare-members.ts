import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { adviseSettings } from '../advise-settings.ts';
import { cannotStart } from './cannot-start.ts';
import type { ChainMember, TapMember } from './chain-member.ts';
import { isNative } from './native.ts';
import { prepareMapper } from './prepare-mapper.ts';
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
  const found: Preparing['found'] = {};
  let upstream: Readonly<Record<string, string>> = {};
  const plugins: readonly (readonly [StageRole, ResolvedPlugin])[] = [
    ['extractor', block.extractor],
    ...block.mappers.map((mapper) => ['mapper', mapper] as const),
    ['loader', block.loader],
  ];
  try {
    for (const [role, plugin] of plugins) {
      const before = members.at(-1);
      const preparing = { options, role, plugin, upstream, found, closers };
      const { member, prepared } = await prepareMember(
        preparing,
        before?.kind === 'tap' ? before : undefined,
      );
      // What maps in this process is one with the tap before it.
      if (member.kind === 'tap') members.splice(0);
      members.push(member);
      upstream = { ...upstream, ...prepared.exported };
    }
    return { members, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A native mapper works in this process behind a native tap, and as a process anywhere else. */
async function prepareMember(preparing: Preparing, tap: TapMember | undefined): Promise<Prepared> {
  const { plugin, role, options } = preparing;
  try {
    if (!isNative(plugin)) return await prepareProcess(preparing);
    if (role !== 'mapper') return await prepareNative(preparing);
    return await (tap === undefined ? prepareProcess(preparing) : prepareMapper(preparing, tap));
  } catch (cause) {
    const what = options.run.plan.request.command === 'run' ? `plugin ${plugin.name}` : role;
    throw cannotStart(what, adviseSettings(cause, plugin.name));
  }
}

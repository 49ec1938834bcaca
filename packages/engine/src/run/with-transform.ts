import type { PluginType } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { TransformMode } from '@meltano/project/schedule';
import { runError } from './errors.ts';
import type { Block, CommandBlock, ExtractLoadBlock } from './run-plan.ts';

/** What the transformation of `elt` looks up. */
export interface TransformInputs {
  readonly project: { readonly plugins: readonly { readonly type: PluginType; readonly name: string }[] };
  lookUpPlugin(name: string, type?: PluginType): Promise<ResolvedPlugin | undefined>;
}

/** The only name that `elt` knows: adapters of their own run as blocks of `run`. */
const transformerName = 'dbt';

/**
 * The blocks of `elt` with its transformation: after the pair, or in its place. Source: meltano-runtime §8.3.
 * Throws `run.no_transformer`.
 */
export async function withTransform(
  blocks: readonly Block[],
  mode: TransformMode | undefined,
  inputs: TransformInputs,
): Promise<readonly Block[]> {
  const [pair] = blocks;
  if (mode === undefined || mode === 'skip' || pair?.kind !== 'extract-load') return blocks;
  const plugin = await inputs.lookUpPlugin(transformerName, 'transformers');
  if (plugin === undefined) throw noTransformer(pair);
  const before = mode === 'only' ? [] : blocks;
  const transform = await findTransform(pair.extractor, inputs);
  const block: CommandBlock = {
    kind: 'command',
    index: before.length,
    plugin,
    command: 'run',
    transform: {
      first: ['clean', 'deps'],
      upstream: [pair.extractor, pair.loader, ...(transform === undefined ? [] : [transform])],
      stateId: pair.stateId,
    },
  };
  return [...before, block];
}

/** The package of dbt models that belongs to the extractor: the one of its namespace. */
async function findTransform(
  { namespace }: ResolvedPlugin,
  { project, lookUpPlugin }: TransformInputs,
): Promise<ResolvedPlugin | undefined> {
  for (const { type, name } of project.plugins) {
    if (type !== 'transforms') continue;
    const transform = await lookUpPlugin(name, type);
    if (transform?.namespace === namespace) return transform;
  }
  return undefined;
}

function noTransformer({ extractor, loader }: ExtractLoadBlock) {
  return runError('no_transformer', {
    message: `Transformer '${transformerName}' not found`,
    hint: `a plugin of its own for each database has taken its place: meltano run ${extractor.name} ${loader.name} dbt-postgres:run`,
    details: { plugin: transformerName },
  });
}

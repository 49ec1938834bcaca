import type { ErrorPlace } from '@meltano/foundation/errors';
import { uuidV7 } from '@meltano/foundation/ids';
import { nearNames } from '@meltano/foundation/near-names';
import { type Job, jobBlocks } from '@meltano/project/job';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import { mappingPlugins } from '@meltano/project/plugin/resolve-plugin';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { stateIdFor } from '@meltano/project/state-id';
import { runError } from './errors.ts';
import { isNative } from './native.ts';
import type { Block, LanePlan, RunPlan } from './run-plan.ts';
import type { RunRequest } from './run-request.ts';
import { withTransform } from './with-transform.ts';

/** What planning looks up; a workspace is one. Nothing of it has effects. */
export interface PlanInputs {
  readonly project: {
    readonly jobs: readonly Job[];
    readonly plugins: readonly { readonly type: PluginType; readonly name: string }[];
  };
  /** Name of the active environment. */
  readonly environment: string | undefined;
  /** By name, in the order of plugin types; mappings by their own name. */
  lookUpPlugin(name: string, type?: PluginType): Promise<ResolvedPlugin | undefined>;
  /** The active environment's suffix, expanded with the extractor's variables. */
  stateIdSuffix(extractor: ResolvedPlugin): Promise<string | undefined>;
}

/**
 * Makes a plan of a request, or throws the error that the request deserves. All blocks are checked before the
 * first could run. Source of rules and texts: meltano-runtime §3.1, meltano-cli §15.1, §15.2.
 * `now` is milliseconds since the epoch.
 */
export async function planRun(
  request: RunRequest,
  inputs: PlanInputs,
  now: number = Date.now(),
): Promise<RunPlan> {
  const runId = request.runId ?? uuidV7(now);
  if (request.command === 'run' && inputs.environment === undefined) throw environmentMissing();
  const words = request.command === 'run' ? expandJobs(request.blocks, inputs.project.jobs) : request.blocks;
  const steps =
    request.command === 'run' ? await lookUpSteps(words, inputs) : await lookUpPair(words, inputs);
  const pairs = await groupSteps(steps, (pair) => stateIdOf(pair, request, inputs, now));
  return {
    runId,
    request,
    environment: inputs.environment,
    blocks: request.command === 'elt' ? await withTransform(pairs, request.transform, inputs) : pairs,
  };
}

interface Step {
  readonly plugin: ResolvedPlugin;
  readonly command: string | undefined;
}

interface Pair {
  readonly extractor: ResolvedPlugin;
  readonly loader: ResolvedPlugin;
}

/** One level: a job named by a job's task is not expanded. */
function expandJobs(blocks: readonly string[], jobs: readonly Job[]): readonly string[] {
  return blocks.flatMap((name) => {
    const job = jobs.find((candidate) => candidate.name === name);
    return job === undefined ? [name] : jobBlocks(job);
  });
}

function lookUpSteps(words: readonly string[], inputs: PlanInputs): Promise<readonly Step[]> {
  return Promise.all(
    words.map(async (word) => {
      const parts = word.split(':');
      const [name = '', command] = parts.length === 2 ? parts : [word];
      const plugin = await inputs.lookUpPlugin(name);
      if (plugin === undefined) throw blockNotFound(word, inputs);
      const job = inputs.project.jobs.find((each) => each.name === word);
      if (job !== undefined) throw ambiguous(job, plugin);
      return { plugin, command: command === '' ? undefined : command };
    }),
  );
}

async function lookUpPair(words: readonly string[], inputs: PlanInputs): Promise<readonly Step[]> {
  const [extractorName = '', loaderName = ''] = words;
  const extractor = await inputs.lookUpPlugin(extractorName, 'extractors');
  if (extractor === undefined) throw unknownPlugin('Extractor', extractorName);
  const loader = await inputs.lookUpPlugin(loaderName, 'loaders');
  if (loader === undefined) throw unknownPlugin('Loader', loaderName);
  return [extractor, loader].map((plugin) => ({ plugin, command: undefined }));
}

async function groupSteps(
  steps: readonly Step[],
  stateId: (pair: Pair) => Promise<string | undefined>,
): Promise<readonly Block[]> {
  const blocks: Block[] = [];
  for (let at = 0; at < steps.length; ) {
    const { plugin, command } = steps[at] as Step;
    const index = blocks.length;
    if (plugin.type === 'extractors') {
      const end = endOfSet(steps, at);
      const extractor = plugin;
      const loader = (steps[end] as Step).plugin;
      const mappers = steps.slice(at + 1, end).map((step) => step.plugin);
      const pair = { extractor, loader };
      const lane = laneOf(pair);
      blocks.push({ kind: 'extract-load', index, ...pair, mappers, stateId: await stateId(pair), lane });
      at = end + 1;
    } else if (plugin.type === 'loaders' || plugin.type === 'mappers') throw badSequence(at, plugin);
    else {
      blocks.push({ kind: 'command', index, plugin, command });
      at += 1;
    }
  }
  return blocks;
}

function mappingAdvice(mapper: ResolvedPlugin): string {
  const names = mappingPlugins(mapper).flatMap(({ mapping }) => mapping?.name ?? []);
  return names.length === 0
    ? `${mapper.name} has no mappings yet: name one below "mappings" of its entry in meltano.yml`
    : `use the name of one of the mappings of ${mapper.name}: ${names.join(', ')}`;
}

/** The place of the loader that belongs to the extractor at `start`. */
function endOfSet(steps: readonly Step[], start: number): number {
  for (let at = start + 1; at < steps.length; at += 1) {
    const { plugin } = steps[at] as Step;
    if (plugin.type === 'loaders') return at;
    if (plugin.type !== 'mappers') throw badSequence(start, (steps[start] as Step).plugin);
    if (plugin.mapping === undefined) {
      throw invalidSet(
        `Expected unique mappings name not the mapper plugin name: ${plugin.name}.`,
        mappingAdvice(plugin),
      );
    }
  }
  throw invalidSet(
    'Loader missing in block set!',
    'an extractor is followed by mappings, if any, and one loader',
  );
}

/** With mappers between, items are written to lines before the first and read from lines after the last. */
function laneOf({ extractor, loader }: Pair): LanePlan {
  if (isNative(extractor)) return isNative(loader) ? 'record' : 'encode';
  return isNative(loader) ? 'decode' : 'pump';
}

async function stateIdOf(
  pair: Pair,
  request: RunRequest,
  inputs: PlanInputs,
  now: number,
): Promise<string | undefined> {
  if (request.noStateUpdate) return undefined;
  if (request.command !== 'run') return request.stateId ?? ephemeralStateId(pair, now);
  return stateIdFor({
    environment: inputs.environment,
    extractor: pair.extractor.name,
    loader: pair.loader.name,
    suffix: request.stateIdSuffix || (await inputs.stateIdSuffix(pair.extractor)),
  });
}

/** `2026-11-25T101500--tap-x--target-y`, in UTC. */
function ephemeralStateId({ extractor, loader }: Pair, now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(':', '');
  return `${time}--${extractor.name}--${loader.name}`;
}

function environmentMissing() {
  return runError('environment_missing', {
    message: 'An environment is required, and none is active',
    hint: 'name one with --environment, or set default_environment in meltano.yml',
  });
}

function blockNotFound(word: string, { project }: PlanInputs) {
  const [name = ''] = word.split(':');
  const near = nearNames(name, new Set([...project.plugins, ...project.jobs].map((each) => each.name)));
  return runError('block_not_found', {
    message: `Block ${word} not found`,
    hint:
      near.length > 0
        ? `did you mean ${near.map((each) => `'${each}'`).join(' or ')}?`
        : 'meltano plugin list shows the plugins of this project, meltano job list its jobs',
    details: { block: word },
  });
}

function ambiguous(job: Job, { written }: ResolvedPlugin) {
  const at = ({ file, line }: ErrorPlace) => `${file}:${line ?? 1}`;
  return runError('ambiguous_block', {
    message: `Ambiguous reference to '${job.name}' which matches a job name AND a plugin name.`,
    hint: `the plugin stands at ${at(written.place)}, the job at ${at(job.place)}: give the job another name there, and type meltano run <new name>`,
    place: job.place,
    details: { block: job.name },
  });
}

function unknownPlugin(type: 'Extractor' | 'Loader', name: string) {
  return runError('block_not_found', {
    message: `${type} '${name}' is not known to Meltano`,
    hint: 'meltano plugin list shows the plugins of this project',
    details: { plugin: name },
  });
}

function badSequence(at: number, plugin: ResolvedPlugin) {
  return invalidSet(
    `Unknown command type or bad block sequence at index ${at + 1}, starting block '${plugin.name}'`,
    'an extractor is followed by mappings, if any, and one loader',
  );
}

function invalidSet(text: string, hint: string) {
  return runError('invalid_blocks', { message: `block violates set requirements: ${text}`, hint });
}

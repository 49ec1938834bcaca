import { blockName } from './block-run.ts';
import type { Block, RunPlan } from './run-plan.ts';

/** The plan for people, one block after the other, without a line end at the last line. */
export function renderPlan(plan: RunPlan): string {
  if (plan.blocks.length === 0) return 'Nothing to run';
  const head = plan.environment === undefined ? 'Plan' : `Plan for environment ${plan.environment}`;
  return [head, ...plan.blocks.flatMap((block) => renderBlock(block, plan))].join('\n');
}

function renderBlock(block: Block, { blocks, request }: RunPlan): readonly string[] {
  const head = `${block.index + 1}/${blocks.length}  ${blockName(block)}`;
  if (block.kind === 'command') return [head, `     command, executable ${block.plugin.executable}`];
  return [
    head,
    `     ${lanes[block.lane]}`,
    `     ${renderState(block.stateId, request.fullRefresh === true)}`,
  ];
}

const lanes = {
  pump: 'two processes, bytes are passed on unparsed',
  decode: 'a process into a connector inside this program',
  encode: 'a connector inside this program into a process',
  record: 'two connectors inside this program',
} as const;

function renderState(stateId: string | undefined, fullRefresh: boolean): string {
  if (stateId === undefined) return 'state is neither read nor stored';
  return `state id ${stateId}${fullRefresh ? ', read from the beginning (full refresh)' : ''}`;
}

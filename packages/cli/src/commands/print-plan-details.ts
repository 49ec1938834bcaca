import { describeBlock } from '@meltano/engine/describe-block';
import { blockName } from '@meltano/engine/run/block-run';
import type { Block, RunPlan } from '@meltano/engine/run/run-plan';
import type { Catalog } from '@meltano/singer/catalog';
import type { Session } from '../session.ts';
import { planDetailLines } from './plan-details.ts';

/** Below the plan, block by block: where state stands, what is selected, and what is not as by default. */
export async function printPlanDetails(session: Session, { blocks, request }: RunPlan): Promise<void> {
  const { engine, outStyle, outWidth: width, glyphs } = session;
  for (const block of blocks) {
    const catalog = request.refreshCatalog ? await discoverNow(session, block) : undefined;
    const details = await describeBlock(engine, block, request, catalog);
    session.print('');
    session.print(outStyle.bold(blockName(block)));
    for (const line of planDetailLines(details, { ellipsis: glyphs.ellipsis, width })) session.print(line);
  }
}

/** Only when it is asked for: discovery starts the extractor. */
async function discoverNow({ engine }: Session, block: Block): Promise<Catalog | undefined> {
  return block.kind === 'extract-load' ? engine.discover(block.extractor, { refresh: true }) : undefined;
}

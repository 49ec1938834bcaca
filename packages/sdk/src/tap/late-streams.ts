import type { Log } from '@meltano/foundation/log';
import type { PlannedStream } from './plan-stream.ts';
import type { TapState } from './tap-state.ts';

/**
 * Children whose parent has a bookmark that has moved on without them: they were selected, or added to the tap, later
 * than it, or were not selected for a while. Below what is new of the parent most of their records, or those of that
 * while, would never be found (Invariant 4).
 */
export interface LateStreams {
  /** They have no state yet, or one that says so. */
  readonly late: ReadonlySet<PlannedStream>;
  /** What they descend from: read from its beginning once more, for them alone. */
  readonly ancestors: ReadonlySet<PlannedStream>;
}

export function findLateStreams(roots: readonly PlannedStream[], state: TapState, log: Log): LateStreams {
  const late = new Set<PlannedStream>();
  const ancestors = new Set<PlannedStream>();
  const visit = (plan: PlannedStream, above: readonly PlannedStream[]): void => {
    const moved = above.filter((each) => hasMoved(each, state));
    const isLate = !isKnown(plan, state) || state.isBehind(plan.stream.name);
    if (plan.selected && moved.length > 0 && isLate) {
      if (moved.some(canReread)) {
        late.add(plan);
        for (const each of above) ancestors.add(each);
      }
      tell(plan, moved, log);
    }
    for (const child of plan.children) visit(child.plan, [...above, plan]);
  };
  for (const root of roots) visit(root, []);
  return { late, ancestors };
}

/** The state has something of the stream, though it be empty: it was read to its end, or with each record of its parent. */
export function isKnown({ stream: { name } }: PlannedStream, state: TapState): boolean {
  return state.bookmark(name) !== undefined || state.hasPartitions(name);
}

function hasMoved({ method, stream: { name } }: PlannedStream, state: TapState): boolean {
  if (method === 'FULL_TABLE') return false;
  return state.hasPartitions(name) || Object.keys(state.bookmark(name) ?? {}).length > 0;
}

function canReread({ method, stream }: PlannedStream): boolean {
  return method === 'INCREMENTAL' && stream.ownBookmark !== true;
}

function tell(plan: PlannedStream, moved: readonly PlannedStream[], log: Log): void {
  const fixed = moved.filter((each) => !canReread(each)).map(({ name }) => name);
  const reread = moved.filter(canReread).map(({ name }) => name);
  const { name } = plan;
  if (reread.length > 0) {
    const what = reread.join(' and ');
    log.log(
      'info',
      `Stream ${name} was not read with all of ${what}, which is read from the beginning for it`,
      {
        stream: name,
      },
    );
  }
  if (fixed.length > 0) {
    const what = fixed.join(' and ');
    const message = `Stream ${name} was not read with all of ${what}, which only tells what is new: read it whole once (--full-refresh) for the rest`;
    log.log('warning', message, { stream: name });
  }
}

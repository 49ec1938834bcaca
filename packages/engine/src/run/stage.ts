import { atMost } from '../invoke/at-most.ts';
import type { Child } from '../invoke/child.ts';
import type { ProcessResult } from '../process-result.ts';

export type StageRole = 'extractor' | 'mapper' | 'loader';

/** One plugin at work in a block: a process, or a native connector in this one. */
export interface Stage {
  readonly role: StageRole;
  readonly plugin: string;
  /** It takes and gives nothing more. For a process: it is gone. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** Everything it had to say is read. Never rejects. */
  readonly ended: Promise<StageEnd>;
  /** Asks it to stop after what it has begun. */
  drain(): void;
  kill(): void;
  /** Ends what it left behind. */
  clearUp(): void;
  /** It did not stop although it was killed, and is at work still: only the end of this program ends it. */
  isGivenUp(): boolean;
}

export interface StageEnd {
  /** Of a process. */
  readonly process?: ProcessResult;
  /** What a native connector failed with. */
  readonly error?: unknown;
}

export function processStage(role: StageRole, plugin: string, child: Child): Stage {
  return {
    role,
    plugin,
    exited: child.exited,
    hasExited: child.hasExited,
    ended: child.ended.then((process) => ({ process })),
    drain: () => child.signal('SIGTERM'),
    kill: child.kill,
    clearUp: child.killLeftovers,
    isGivenUp: () => false,
  };
}

/** How long a native connector may take to notice that it was killed, in milliseconds. */
const noticeMs = 5_000;

/** `work` resolves when the connector has finished and rejects with what it failed with. */
export function nativeStage(
  role: StageRole,
  plugin: string,
  work: Promise<void>,
  stop: AbortController,
): Stage {
  let over = false;
  let isGivenUp = false;
  const { promise: killed, resolve: markKilled } = Promise.withResolvers<void>();
  const finished = work.then(
    (): StageEnd => ({}),
    (error: unknown): StageEnd => ({ error }),
  );
  const gaveUp = killed.then(async (): Promise<StageEnd> => {
    const end = await atMost(finished, noticeMs);
    isGivenUp = end === undefined;
    return end ?? { error: new Error(`${plugin} did not stop when asked to`) };
  });
  const ended = Promise.race([finished, gaveUp]).then((end) => {
    over = true;
    return end;
  });
  return {
    role,
    plugin,
    exited: ended.then(() => {}),
    hasExited: () => over,
    ended,
    drain: () => stop.abort(),
    kill() {
      stop.abort();
      markKilled();
    },
    clearUp() {},
    isGivenUp: () => isGivenUp,
  };
}

import type { LogLevel } from '@meltano/foundation/log';
import type { Chain } from './chain.ts';
import type { StreamProgress } from './stream-progress.ts';

/** Looks at a chain four times a second, reports what has changed, and says when something stands still. */
export interface ProgressReporter {
  /** Reports once more and stops looking. */
  close(): void;
}

export interface ProgressOptions {
  onProgress(streams: readonly StreamProgress[]): void;
  say(level: LogLevel, event: string): void;
  /** After so many milliseconds without a byte somebody is told, and then each time it has doubled. Default 60,000. */
  readonly standstillMs?: number;
}

const everyMs = 250;
const defaultStandstillMs = 60_000;

export function openProgressReporter(chain: Chain, options: ProgressOptions): ProgressReporter {
  const standstillMs = options.standstillMs ?? defaultStandstillMs;
  let last = '';
  let moved = -1;
  let movedAt = performance.now();
  let nextWarning = standstillMs;
  const report = () => {
    const streams = chainProgress(chain);
    const text = JSON.stringify(streams);
    if (text === last) return;
    last = text;
    if (streams.length > 0) options.onProgress(streams);
  };
  const watch = () => {
    const bytes = chain.links.reduce((sum, link) => sum + link.bytesMoved(), 0);
    if (bytes !== moved) {
      moved = bytes;
      movedAt = performance.now();
      nextWarning = standstillMs;
      return;
    }
    const still = performance.now() - movedAt;
    if (still < nextWarning) return;
    nextWarning *= 2;
    options.say(...standstill(chain, Math.round(still / 1000)));
  };
  const timer = setInterval(() => {
    report();
    watch();
  }, everyMs);
  timer.unref();
  return {
    close() {
      clearInterval(timer);
      report();
    },
  };
}

/** What has left the tap so far, and at the end what a native target has loaded. */
export function chainProgress(chain: Chain): readonly StreamProgress[] {
  const report = chain.loadReport();
  return (chain.links[0]?.counts() ?? []).map(({ stream, records, bytes }) => {
    const loaded = report?.streams.get(stream)?.loaded;
    return { stream, read: records, bytes, ...(loaded === undefined ? {} : { loaded }) };
  });
}

function standstill({ stages, links }: Chain, seconds: number): [LogLevel, string] {
  const blocked = links.findLastIndex((link) => link.isWaitingForSink());
  if (blocked !== -1) {
    return ['warning', `${stages[blocked + 1]?.plugin} has read nothing for ${seconds} seconds`];
  }
  const running = stages.find((stage) => !stage.hasExited());
  return running === undefined || running.role !== 'extractor'
    ? [
        'info',
        `${running?.plugin ?? 'The target'} is still working; no data has moved for ${seconds} seconds`,
      ]
    : ['info', `${running.plugin} has written nothing for ${seconds} seconds`];
}

import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@meltano/foundation/clock';
import { errorMessage } from '@meltano/foundation/errors';
import { fetchText } from './fetch-text.ts';
import { type AnswerCache, createAnswerCache } from './hub-answer.ts';

/** Something in the layout of the Hub's API: `plugins/<type>/index`, `plugins/<type>/<name>--<variant>`. */
export interface HubSource {
  readonly label: string;
  /** `path` is below the root; a whole address is taken as it is. */
  read(path: string): Promise<HubAnswer>;
}

export type HubAnswer =
  | { readonly kind: 'found'; readonly body: string; readonly isStale: boolean }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly url: string; readonly reason: string };

export interface HubSourceOptions {
  /** Address or folder of the API's root. */
  readonly root: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cacheFolder: string;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

export function createHubSource(options: HubSourceOptions): HubSource {
  const { root } = options;
  if (root.startsWith('file://')) return createFolderSource(fileURLToPath(root));
  return isAbsolute(root) ? createFolderSource(root) : createWebSource(options);
}

function createFolderSource(folder: string): HubSource {
  return {
    label: folder,
    async read(path) {
      // An index made for the web names whole addresses; in a folder the definition lies beside the index.
      const below = path.includes('://') ? path.slice(path.lastIndexOf('/plugins/') + 1) : path;
      try {
        return { kind: 'found', body: await readFile(join(folder, below), 'utf8'), isStale: false };
      } catch (error) {
        const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
        if (isMissing) return { kind: 'refused', status: 404, reason: 'Not Found' };
        return { kind: 'unreachable', url: join(folder, below), reason: errorMessage(error) };
      }
    },
  };
}

function createWebSource(options: HubSourceOptions): HubSource {
  const root = options.root.replace(/\/+$/, '');
  const cache = createAnswerCache(options.cacheFolder);
  // Within one process an answer is asked for once.
  const asked = new Map<string, Promise<HubAnswer>>();
  return {
    label: root,
    read(path) {
      const url = path.includes('://') ? path : `${root}/${path}`;
      const known = asked.get(url);
      if (known !== undefined) return known;
      const answer = readUrl(url, cache, options);
      asked.set(url, answer);
      return answer;
    },
  };
}

async function readUrl(url: string, cache: AnswerCache, options: HubSourceOptions): Promise<HubAnswer> {
  const stored = await cache.find(url);
  const conditional = stored?.etag === undefined ? {} : { 'If-None-Match': stored.etag };
  const answer = await fetchText(url, { ...options, headers: { ...options.headers, ...conditional } });
  if (answer.kind === 'unreachable') {
    return stored === undefined ? { ...answer, url } : { kind: 'found', body: stored.body, isStale: true };
  }
  if (answer.status === 304 && stored !== undefined)
    return { kind: 'found', body: stored.body, isStale: false };
  if (answer.status >= 400) {
    // A Hub that is broken for the moment is like one that is away.
    if (stored !== undefined && answer.status >= 500)
      return { kind: 'found', body: stored.body, isStale: true };
    return { kind: 'refused', status: answer.status, reason: answer.reason };
  }
  await cache.keep({ url, etag: answer.etag, fetchedAt: options.clock.now(), body: answer.body });
  return { kind: 'found', body: answer.body, isStale: false };
}

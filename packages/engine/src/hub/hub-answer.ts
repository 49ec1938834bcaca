import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { writeFileAtomically } from '../system/write-file-atomically.ts';

/** An answer of the Hub on disk, to be confirmed by its tag or used when the Hub is not reached. */
export interface StoredAnswer {
  readonly url: string;
  readonly etag: string | undefined;
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number;
  readonly body: string;
}

/** Keeps answers below a folder of the user's cache. Losing it costs time only: failures to write are ignored. */
export interface AnswerCache {
  find(url: string): Promise<StoredAnswer | undefined>;
  keep(answer: StoredAnswer): Promise<void>;
}

export function createAnswerCache(folder: string): AnswerCache {
  const fileOf = (url: string) => join(folder, `${createHash('sha256').update(url).digest('hex')}.json`);
  return {
    async find(url) {
      const text = await readFile(fileOf(url), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : parseStoredAnswer(text, url);
    },
    async keep(answer) {
      try {
        makeFolder(folder);
        await writeFileAtomically(fileOf(answer.url), JSON.stringify(answer));
      } catch {
        // A read-only home is no reason to fail.
      }
    },
  };
}

function parseStoredAnswer(text: string, url: string): StoredAnswer | undefined {
  try {
    const value = JSON.parse(text) as StoredAnswer;
    return value.url === url && typeof value.body === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

import type { Readable } from 'node:stream';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, parseJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { createLineSplitter } from '@meltano/singer/line-splitter';

export interface StateLineOptions {
  readonly maxBytes: number;
  readonly log: Log;
  onState(state: JsonObject): void;
}

const decoder = new TextDecoder();

/**
 * Reads a target's standard output: every line is a state that it has made durable. A line that is none gets
 * a warning and is left out, a blank one is left out. Always reads to the end; then rejects when a line was
 * beyond the limit. Source: meltano-runtime §3.8.
 */
export function readStateLines(stdout: Readable, options: StateLineOptions): Promise<void> {
  const splitter = createLineSplitter({ maxBytes: options.maxBytes });
  const take = (line: Uint8Array) => {
    const text = decoder.decode(line).trim();
    if (text === '') return;
    const state = parseState(text);
    if (state === undefined) {
      options.log.log('warning', 'Received state is invalid, incremental state has not been updated');
    } else options.onState(state);
  };
  let failure: Error | undefined;
  stdout.on('data', (chunk: Buffer) => {
    if (failure !== undefined) return;
    try {
      for (const line of splitter.push(chunk)) take(line);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(errorMessage(error));
    }
  });
  return new Promise((resolve, reject) => {
    let over = false;
    const finish = () => {
      if (over) return;
      over = true;
      const last = failure === undefined ? splitter.end() : undefined;
      if (last !== undefined) take(last);
      if (failure === undefined) resolve();
      else reject(failure);
    };
    stdout.once('end', finish);
    stdout.once('close', finish);
    stdout.on('error', finish);
  });
}

/** A state is an object: nothing else can be merged or given to a tap. */
function parseState(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

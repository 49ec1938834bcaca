import type { ErrorPlace } from '@meltano/foundation/errors';

/** Turns positions in a text into places that a person can find. */
export interface LineIndex {
  place(offset: number, path: readonly (string | number)[]): ErrorPlace;
}

export function createLineIndex(file: string, text: string): LineIndex {
  let starts: readonly number[] | undefined;
  return {
    place(offset, path) {
      starts ??= lineStarts(text);
      const index = lastAtMost(starts, offset);
      const start = starts[index] ?? 0;
      const line = text.slice(start, starts[index + 1] ?? text.length).replace(/\r?\n$/, '');
      return {
        file,
        line: index + 1,
        column: offset - start + 1,
        text: withoutSecret(line),
        ...(path.length > 0 && { path: path.join(' › ') }),
      };
    },
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lastAtMost(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

const secretKey =
  /((?:^\s*(?:-\s+)*|[{,]\s*)["']?[\w.\\-]*(?:pass|secret|token|key|cred|auth|cert|login|private)[\w.\\-]*["']?\s*:\s*)\S.*$/i;

// Invariant 5: a line is shown in errors, so from what looks like a secret's value on it is left out.
function withoutSecret(line: string): string {
  return line.replace(secretKey, '$1…');
}

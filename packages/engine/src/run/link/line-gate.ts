import type { LineScanner, LongLine } from './line-scanner.ts';

/**
 * Holds back the unfinished line at the end of what was read, so that a tap that dies in the middle of a line
 * does not hand half a line to the target. Lines longer than `holdBytes` pass in pieces: memory stays within
 * twice that budget (Invariant 9).
 *
 * One round: read into `room()`, call `advance(n)`, write what it returns, then begin again.
 */
export interface LineGate {
  /** Where the next bytes belong; never empty. What `advance` returned is no longer valid after this. */
  room(): Uint8Array;
  /** `count` bytes were read: answers with the bytes that may go on. */
  advance(count: number): Uint8Array;
  /** The input is over: the last line, when it is one without line end, or the size of a line cut short. */
  finish(): { readonly rest: Uint8Array; readonly unfinishedBytes: number };
}

const startBytes = 256 * 1024;
const nothing = new Uint8Array(0);

export function createLineGate(scanner: LineScanner, holdBytes: number): LineGate {
  let buffer = Buffer.allocUnsafe(startBytes);
  /** Bytes of the unfinished line; they stand at the beginning of the buffer once compacted. */
  let held = 0;
  let heldAt = 0;
  let long: LongLine | undefined;
  let longEndsLikeObject = false;
  let longBytes = 0;

  const passLong = (from: number, to: number) => {
    long?.push(buffer, from, to);
    longBytes += to - from;
    if (to > from) longEndsLikeObject = buffer[to - 1] === 125;
  };
  const compact = () => {
    if (heldAt > 0 && held > 0) buffer.copyWithin(0, heldAt, heldAt + held);
    heldAt = 0;
    if (held < buffer.length) return;
    const larger = Buffer.allocUnsafe(buffer.length * 2);
    buffer.copy(larger, 0, 0, held);
    buffer = larger;
  };

  return {
    room() {
      compact();
      return buffer.subarray(held);
    },
    advance(count) {
      const end = held + count;
      const view = buffer.subarray(0, end);
      let at = held;
      let lineStart = 0;
      for (let newline = view.indexOf(10, at); newline !== -1; newline = view.indexOf(10, at)) {
        if (long === undefined) scanner.scanLine(view, lineStart, newline);
        else {
          passLong(at, newline);
          long.finish();
          long = undefined;
        }
        at = newline + 1;
        lineStart = at;
      }
      if (long !== undefined) {
        passLong(at, end);
        held = 0;
        return view;
      }
      if (end - lineStart > holdBytes) {
        long = scanner.beginLongLine(view, lineStart, end);
        longBytes = end - lineStart;
        longEndsLikeObject = view[end - 1] === 125;
        held = 0;
        return view;
      }
      heldAt = lineStart;
      held = end - lineStart;
      return view.subarray(0, lineStart);
    },
    finish() {
      if (long !== undefined) {
        if (longEndsLikeObject) long.finish();
        return { rest: nothing, unfinishedBytes: longEndsLikeObject ? 0 : longBytes };
      }
      const rest = buffer.subarray(heldAt, heldAt + held);
      if (rest.length === 0) return { rest: nothing, unfinishedBytes: 0 };
      if (!isJson(rest)) return { rest: nothing, unfinishedBytes: rest.length };
      scanner.scanLine(rest, 0, rest.length);
      return { rest, unfinishedBytes: 0 };
    },
  };
}

function isJson(bytes: Buffer): boolean {
  const text = bytes.toString('utf8');
  if (text.trim() === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

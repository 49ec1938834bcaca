/**
 * Looks at Singer lines as bytes: which message a line is, of which stream, and how many there were. It is
 * the inner loop of every link between two processes and works in a worker thread: it imports nothing and
 * never makes a string of a record.
 *
 * A line that begins like an earlier RECORD of the same stream is counted by comparing those bytes. Any other
 * line is looked at closer, once, by {@link scanLine}; a line too long to be held is read by
 * {@link createLongLine} piece by piece.
 */
export interface LineScanner {
  /** Counts the complete line `[start, end)` (without its `\n`) and says what it is. */
  scanLine(bytes: Uint8Array, start: number, end: number): void;
  /** For a line whose beginning is `[start, end)` and that goes on beyond what can be held. */
  beginLongLine(bytes: Uint8Array, start: number, end: number): LongLine;
}

/** Feed the rest of the line, then say that it is over. */
export interface LongLine {
  push(bytes: Uint8Array, start: number, end: number): void;
  finish(): void;
}

export interface ScannerHooks {
  /** A line of `bytes` bytes of this stream. Called once per RECORD. */
  onRecord(stream: number, bytes: number): void;
  /** A stream that was not seen before gets the next number, from 0. */
  onStream(name: string): void;
  onOther(type: string, stream: string | undefined, bytes: number): void;
  /** Not JSON, or not a Singer message; it passes all the same. */
  onBroken(bytes: number): void;
  /** A message that is not a RECORD is longer than `maxBytes`. */
  onTooLong(type: string, stream: string | undefined, bytes: number): void;
}

const quote = 34;
const backslash = 92;
const closingBrace = 125;

// The two orders in which every known writer begins a RECORD; what follows is the record, of any size.
const typeFirst = /^\s*\{\s*"type"\s*:\s*"RECORD"\s*,\s*"stream"\s*:\s*("(?:[^"\\]|\\.)*")\s*,/;
const streamFirst = /^\s*\{\s*"stream"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"type"\s*:\s*"RECORD"\s*,/;
const headBytes = 4096;

export function createLineScanner(hooks: ScannerHooks, maxBytes: number): LineScanner {
  const decoder = new TextDecoder();
  const numbers = new Map<string, number>();
  let prefixes: { readonly bytes: Uint8Array; readonly stream: number }[] = [];
  let last: { readonly bytes: Uint8Array; readonly stream: number } | undefined;

  const numberOf = (stream: string): number => {
    const known = numbers.get(stream);
    if (known !== undefined) return known;
    numbers.set(stream, numbers.size);
    hooks.onStream(stream);
    return numbers.size - 1;
  };
  const known = (bytes: Uint8Array, start: number, end: number) => {
    if (last !== undefined && startsWith(bytes, start, end, last.bytes)) return last;
    const found = prefixes.find((prefix) => startsWith(bytes, start, end, prefix.bytes));
    if (found !== undefined) last = found;
    return found;
  };
  /** Recognises a RECORD by its beginning and learns it. */
  const learn = (bytes: Uint8Array, start: number, end: number) => {
    const head = decoder.decode(bytes.subarray(start, Math.min(end, start + headBytes)));
    const match = typeFirst.exec(head) ?? streamFirst.exec(head);
    const name = match === null ? undefined : textOf(match[1] ?? '');
    if (match === null || name === undefined) return undefined;
    const length = new TextEncoder().encode(match[0]).length;
    last = { bytes: Uint8Array.from(bytes.subarray(start, start + length)), stream: numberOf(name) };
    prefixes = [last, ...prefixes].slice(0, 256);
    return last;
  };
  const other = (type: string | undefined, stream: string | undefined, bytes: number) => {
    if (type === undefined) return hooks.onBroken(bytes);
    if (type === 'RECORD')
      return stream === undefined ? hooks.onBroken(bytes) : hooks.onRecord(numberOf(stream), bytes);
    if (bytes > maxBytes) return hooks.onTooLong(type, stream, bytes);
    return hooks.onOther(type, stream, bytes);
  };

  return {
    scanLine(bytes, start, end) {
      const length = end - start + 1;
      const record = known(bytes, start, end) ?? learn(bytes, start, end);
      if (record !== undefined) {
        // A RECORD that was cut short does not end like an object.
        if (lastByte(bytes, start, end) === closingBrace) hooks.onRecord(record.stream, length);
        else hooks.onBroken(length);
        return;
      }
      if (lastByte(bytes, start, end) === undefined) return;
      const message = parse(decoder.decode(bytes.subarray(start, end)));
      other(message?.type, message?.stream, length);
    },
    beginLongLine(bytes, start, end) {
      const record = known(bytes, start, end) ?? learn(bytes, start, end);
      let length = end - start + 1;
      if (record !== undefined) {
        return {
          push: (_bytes, from, to) => {
            length += to - from;
          },
          finish: () => hooks.onRecord(record.stream, length),
        };
      }
      const members = createMemberReader();
      let reported = false;
      const look = () => {
        const { type, stream } = members.found();
        if (reported || length <= maxBytes || type === undefined || type === 'RECORD') return;
        reported = true;
        hooks.onTooLong(type, stream, length);
      };
      members.push(bytes, start, end);
      look();
      return {
        push(more, from, to) {
          length += to - from;
          members.push(more, from, to);
          look();
        },
        finish() {
          const { type, stream } = members.found();
          if (!reported) other(type, stream, length);
        },
      };
    },
  };
}

function startsWith(bytes: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  const length = prefix.length;
  if (end - start < length) return false;
  // Names differ near the end of a prefix: a comparison from behind fails early.
  for (let index = length - 1; index >= 0; index -= 1) {
    if (bytes[start + index] !== prefix[index]) return false;
  }
  return true;
}

/** The last byte that is no white space; undefined for a blank line. */
function lastByte(bytes: Uint8Array, start: number, end: number): number | undefined {
  for (let index = end - 1; index >= start; index -= 1) {
    const byte = bytes[index];
    if (byte !== 32 && byte !== 13 && byte !== 9) return byte;
  }
  return undefined;
}

function textOf(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function parse(
  text: string,
): { readonly type: string | undefined; readonly stream: string | undefined } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { type, stream } = value as { type?: unknown; stream?: unknown };
    return {
      type: typeof type === 'string' ? type : undefined,
      stream: typeof stream === 'string' ? stream : undefined,
    };
  } catch {
    return undefined;
  }
}

/** Reads the members `type` and `stream` of an object of any size, from its pieces, keeping only short texts. */
function createMemberReader() {
  const decoder = new TextDecoder();
  const found: { type?: string; stream?: string } = {};
  let depth = 0;
  let inText = false;
  let escaped = false;
  let text: number[] = [];
  let key: string | undefined;
  let expectsValue = false;

  const endText = () => {
    inText = false;
    if (depth !== 1) return;
    const value = textOf(`"${decoder.decode(Uint8Array.from(text))}"`);
    if (!expectsValue) key = value;
    else if (key === 'type' || key === 'stream') found[key] = value ?? '';
  };
  const inside = (byte: number) => {
    if (escaped) escaped = false;
    else if (byte === backslash) escaped = true;
    else if (byte === quote) return endText();
    if (depth === 1 && text.length < headBytes) text.push(byte);
  };
  const outside = (byte: number) => {
    if (byte === quote) {
      inText = true;
      text = [];
    } else if (byte === 123 || byte === 91) depth += 1;
    else if (byte === 125 || byte === 93) depth -= 1;
    else if (depth === 1 && byte === 58) expectsValue = true;
    else if (depth === 1 && byte === 44) expectsValue = false;
  };
  return {
    push(bytes: Uint8Array, start: number, end: number) {
      for (let index = start; index < end; index += 1) {
        const byte = bytes[index] as number;
        if (inText) inside(byte);
        else outside(byte);
      }
    },
    found: (): { readonly type: string | undefined; readonly stream: string | undefined } => ({
      type: found.type,
      stream: found.stream,
    }),
  };
}

import { ExactNumber, isJsonArray, type JsonValue, numberOf } from '@meltano/foundation/json';
import { systemError } from './errors.ts';
import { createPickleWriter } from './pickle-writer.ts';

/**
 * Python's pickle format, as far as a setting needs it: text, integers, floats, booleans, None, lists,
 * tuples and dicts. Meltano keeps the values of `plugin_settings` this way. The reader executes nothing: an
 * opcode that would import or call is refused. Source of the opcodes: PEP 307, PEP 3154 and `pickletools`.
 */
export function parsePickle(bytes: Uint8Array): JsonValue {
  try {
    return readPickle(bytes);
  } catch (cause) {
    throw systemError('invalid_pickle', {
      message: `A stored setting cannot be read: ${cause instanceof Error ? cause.message : 'broken pickle'}`,
      hint: 'Set the value again with `meltano config set <plugin> <setting> <value> --store=db`',
      cause,
    });
  }
}

/** Renders protocol 5, the same bytes as CPython for text, numbers, booleans and None. */
export function renderPickle(value: JsonValue): Uint8Array {
  const writer = createPickleWriter();
  writeValue(writer, value);
  return writer.finish();
}

type Writer = ReturnType<typeof createPickleWriter>;

function writeValue(writer: Writer, value: JsonValue): void {
  if (value === null) writer.none();
  else if (typeof value === 'boolean') writer.boolean(value);
  else if (typeof value === 'string') writer.text(value);
  else if (typeof value === 'number' || value instanceof ExactNumber) writeNumber(writer, String(value));
  else if (isJsonArray(value)) writer.list(value.map((item) => () => writeValue(writer, item)));
  else {
    writer.dict(
      Object.entries(value).map(([key, item]) => () => {
        writer.text(key);
        writeValue(writer, item);
      }),
    );
  }
}

function writeNumber(writer: Writer, text: string): void {
  if (/^-?\d+$/.test(text)) writer.integer(BigInt(text));
  else writer.float(Number(text));
}

const mark = Symbol('mark');
type Item = JsonValue | typeof mark;

/** The machine that pickle describes: a stack, a memo, and opcodes that work on them. */
function readPickle(bytes: Uint8Array): JsonValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: Item[] = [];
  const memo = new Map<number, JsonValue>();
  let at = 0;

  const take = (count: number) => {
    if (at + count > bytes.length) throw new Error('it ends too early');
    at += count;
    return at - count;
  };
  const u8 = () => view.getUint8(take(1));
  const u16 = () => view.getUint16(take(2), true);
  const u32 = () => view.getUint32(take(4), true);
  const u64 = () => Number(view.getBigUint64(take(8), true));
  const text = (length: number) => {
    const start = take(length);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, start + length));
  };
  const line = () => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw new Error('it ends too early');
    // Protocol 0 writes text in Latin-1, with escapes for the rest.
    const content = String.fromCharCode(...bytes.subarray(at, end));
    at = end + 1;
    return content;
  };
  const pop = (): JsonValue => {
    const item = stack.pop();
    if (item === undefined || item === mark) throw new Error('its stack is empty');
    return item;
  };
  const popToMark = (): JsonValue[] => {
    const start = stack.lastIndexOf(mark);
    if (start < 0) throw new Error('it has no mark');
    return stack.splice(start).slice(1) as JsonValue[];
  };
  const top = (): JsonValue => {
    const item = stack.at(-1);
    if (item === undefined || item === mark) throw new Error('its stack is empty');
    return item;
  };
  const append = (items: readonly JsonValue[]) => {
    const list = top();
    if (!Array.isArray(list)) throw new Error('it appends to something that is no list');
    list.push(...items);
  };
  const setItems = (pairs: readonly JsonValue[]) => {
    const dict = top();
    if (typeof dict !== 'object' || dict === null || Array.isArray(dict))
      throw new Error('it sets an item of something that is no dict');
    for (let index = 0; index < pairs.length; index += 2) {
      const value = pairs[index + 1];
      if (value === undefined) throw new Error('it has a key without a value');
      Object.defineProperty(dict, String(pairs[index]), {
        value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
  };
  const remember = (key: number) => void memo.set(key, top());
  const recall = (key: number) => {
    const item = memo.get(key);
    if (item === undefined) throw new Error('it refers to something unknown');
    stack.push(item);
  };
  const integer = (length: number) => {
    const start = take(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index -= 1)
      value = (value << 8n) | BigInt(bytes[start + index] ?? 0);
    stack.push(exactInteger(length === 0 ? 0n : BigInt.asIntN(length * 8, value)));
  };

  for (;;) {
    const opcode = String.fromCharCode(u8());
    switch (opcode) {
      case '.':
        return pop();
      case '\x80':
        if (u8() > 5) throw new Error('its protocol is newer than 5');
        break;
      case '\x95':
        take(8);
        break;
      case 'N':
        stack.push(null);
        break;
      case '\x88':
        stack.push(true);
        break;
      case '\x89':
        stack.push(false);
        break;
      case 'K':
        stack.push(u8());
        break;
      case 'M':
        stack.push(u16());
        break;
      case 'J':
        stack.push(view.getInt32(take(4), true));
        break;
      case '\x8a':
        integer(u8());
        break;
      case '\x8b':
        integer(u32());
        break;
      case 'G':
        stack.push(view.getFloat64(take(8), false));
        break;
      case 'I':
        stack.push(asciiInteger(line()));
        break;
      case 'L':
        stack.push(exactInteger(BigInt(line().replace(/L$/, ''))));
        break;
      case 'F':
        stack.push(Number(line()));
        break;
      case '\x8c':
        stack.push(text(u8()));
        break;
      case 'X':
        stack.push(text(u32()));
        break;
      case '\x8d':
        stack.push(text(u64()));
        break;
      case 'V':
        stack.push(
          line().replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) =>
            String.fromCharCode(Number.parseInt(hex, 16)),
          ),
        );
        break;
      case ']':
        stack.push([]);
        break;
      case '}':
        stack.push({});
        break;
      case ')':
        stack.push([]);
        break;
      case '(':
        stack.push(mark);
        break;
      case 'a': {
        const item = pop();
        append([item]);
        break;
      }
      case 'e':
        append(popToMark());
        break;
      case 's': {
        const value = pop();
        const key = pop();
        setItems([key, value]);
        break;
      }
      case 'u':
        setItems(popToMark());
        break;
      case 't':
      case 'l':
        stack.push(popToMark());
        break;
      case 'd': {
        const pairs = popToMark();
        stack.push({});
        setItems(pairs);
        break;
      }
      case '\x85':
        stack.push([pop()]);
        break;
      case '\x86': {
        const [b, a] = [pop(), pop()];
        stack.push([a, b]);
        break;
      }
      case '\x87': {
        const [c, b, a] = [pop(), pop(), pop()];
        stack.push([a, b, c]);
        break;
      }
      case '\x94':
        remember(memo.size);
        break;
      case 'q':
        remember(u8());
        break;
      case 'r':
        remember(u32());
        break;
      case 'p':
        remember(Number(line()));
        break;
      case 'h':
        recall(u8());
        break;
      case 'j':
        recall(u32());
        break;
      case 'g':
        recall(Number(line()));
        break;
      default:
        throw new Error(`it holds more than plain values (opcode 0x${opcode.charCodeAt(0).toString(16)})`);
    }
  }
}

function asciiInteger(line: string): JsonValue {
  if (line === '00') return false;
  return line === '01' ? true : exactInteger(BigInt(line));
}

function exactInteger(value: bigint): JsonValue {
  return numberOf(value.toString());
}

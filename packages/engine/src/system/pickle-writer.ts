/** Writes the opcodes of pickle protocol 5 in one frame, memoizing as CPython's pickler does. */
export function createPickleWriter() {
  const body: number[] = [];
  const op = (code: string | number, ...bytes: readonly number[]) =>
    void body.push(typeof code === 'string' ? code.charCodeAt(0) : code, ...bytes);
  const memo = new Map<string, number>();
  let memoized = 0;
  const memoize = () => {
    op(0x94);
    memoized += 1;
  };
  const batch = (items: readonly (() => void)[], one: string, many: string) => {
    // CPython's batches hold 1000 items; a batch of one has an opcode of its own.
    for (let start = 0; start < items.length; start += 1000) {
      const part = items.slice(start, start + 1000);
      if (part.length > 1) op('(');
      for (const write of part) write();
      op(part.length > 1 ? many : one);
    }
  };
  return {
    none: () => op('N'),
    boolean: (value: boolean) => op(value ? 0x88 : 0x89),
    integer(value: bigint): void {
      if (value >= 0n && value < 256n) op('K', Number(value));
      else if (value >= 0n && value < 65536n) op('M', ...littleEndian(value, 2));
      else if (value >= -2147483648n && value < 2147483648n) op('J', ...littleEndian(value, 4));
      else {
        const bytes = twosComplement(value);
        if (bytes.length < 256) op(0x8a, bytes.length, ...bytes);
        else op(0x8b, ...littleEndian(BigInt(bytes.length), 4), ...bytes);
      }
    },
    float(value: number): void {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setFloat64(0, value, false);
      op('G', ...bytes);
    },
    text(value: string): void {
      const known = memo.get(value);
      if (known !== undefined)
        return known < 256 ? op('h', known) : op('j', ...littleEndian(BigInt(known), 4));
      const bytes = new TextEncoder().encode(value);
      if (bytes.length < 256) op(0x8c, bytes.length);
      else op('X', ...littleEndian(BigInt(bytes.length), 4));
      for (const byte of bytes) body.push(byte);
      memo.set(value, memoized);
      memoize();
    },
    list(items: readonly (() => void)[]): void {
      op(']');
      memoize();
      batch(items, 'a', 'e');
    },
    dict(pairs: readonly (() => void)[]): void {
      op('}');
      memoize();
      batch(pairs, 's', 'u');
    },
    finish(): Uint8Array {
      op('.');
      const frame = body.length < 4 ? [] : [0x95, ...littleEndian(BigInt(body.length), 8)];
      return Uint8Array.from([0x80, 5, ...frame, ...body]);
    },
  };
}

function littleEndian(value: bigint, length: number): readonly number[] {
  return Array.from({ length }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}

/** The fewest bytes that hold the value with its sign. */
function twosComplement(value: bigint): readonly number[] {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length += 1;
  return littleEndian(value, length);
}

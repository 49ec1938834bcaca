import { fail } from '../failure.ts';
import type { Arguments } from '../value/arguments.ts';
import { optionalText } from './method.ts';

interface Encoding {
  encode(text: string, errors: string): Uint8Array;
  decode(bytes: Uint8Array, errors: string): string;
}

const utf8: Encoding = {
  encode(text, errors) {
    if (!text.isWellFormed() && errors === 'strict') fail('UnicodeError', 'the text holds half a character');
    return new TextEncoder().encode(text);
  },
  decode(bytes, errors) {
    try {
      return new TextDecoder('utf-8', { fatal: errors === 'strict', ignoreBOM: true }).decode(bytes);
    } catch {
      return fail('UnicodeError', 'the bytes are not UTF-8');
    }
  },
};

/** An encoding of one byte per character, for the first so many. */
const singleByte = (size: number): Encoding => ({
  encode: (text, errors) =>
    Uint8Array.from(
      Array.from(text).flatMap((char) => {
        const code = char.codePointAt(0) ?? 0;
        if (code < size) return [code];
        return replacement(errors, '?').map((each) => each.charCodeAt(0));
      }),
    ),
  decode: (bytes, errors) =>
    Array.from(bytes, (byte) =>
      byte < size ? String.fromCharCode(byte) : replacement(errors, '\ufffd').join(''),
    ).join(''),
});

function replacement(errors: string, char: string): readonly string[] {
  if (errors === 'ignore') return [];
  if (errors === 'replace') return [char];
  return fail('UnicodeError', 'the text has a character that the encoding does not have');
}

const encodings: ReadonlyMap<string, Encoding> = new Map([
  ['utf8', utf8],
  ['ascii', singleByte(128)],
  ['usascii', singleByte(128)],
  ['latin1', singleByte(256)],
  ['iso88591', singleByte(256)],
]);

function encodingOf(args: Arguments) {
  const [name, errors] = args.bind('encoding?', 'errors?');
  const encoding = encodings.get(
    (optionalText(name, 'the encoding') ?? 'utf8').toLowerCase().replace(/[-_ ]/g, ''),
  );
  if (encoding === undefined) fail('ValueError', 'only utf-8, ascii and latin-1 are available');
  return { encoding, errors: optionalText(errors, 'errors') ?? 'strict' };
}

export function encodeText(text: string, args: Arguments): Uint8Array {
  const { encoding, errors } = encodingOf(args);
  return encoding.encode(text, errors);
}

export function decodeBytes(bytes: Uint8Array, args: Arguments): string {
  const { encoding, errors } = encodingOf(args);
  return encoding.decode(bytes, errors);
}

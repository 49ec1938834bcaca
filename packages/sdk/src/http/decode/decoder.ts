import type { JsonValue } from '@meltano/foundation/json';
import { decoderFor } from '../charset.ts';
import { httpError } from '../errors.ts';
import { type Failure, undecodable } from '../failure.ts';

/** What is known of an answer before its bytes are read. */
export interface BodyFacts {
  /** Stands for the request in errors. */
  readonly label: string;
  readonly contentType: string | null;
  /** How answers are encoded where neither the decoder nor the content type says. */
  readonly charset: string | undefined;
  /** Bytes that the charset does not have become U+FFFD. */
  readonly isLenient: boolean;
}

/** Makes values of the bytes of an answer. */
export interface Decoder {
  /** The answer is one value: it is the `body` of the response, as if it had been JSON. Otherwise each is a record, or holds some. */
  readonly isDocument: boolean;
  /** Yields values in groups, while the bytes are read. Throws an `AppError` with the line for what cannot be read. */
  read(bytes: AsyncIterable<Uint8Array>, facts: BodyFacts): AsyncIterable<readonly JsonValue[]>;
}

/** The text that bytes are, piece by piece. */
export async function* textOf(
  bytes: AsyncIterable<Uint8Array>,
  { label, contentType, charset, isLenient }: BodyFacts,
): AsyncGenerator<string> {
  const decoder = decoderFor(contentType, { charset, isLenient });
  if ('tries' in decoder) throw unreadable(label, decoder);
  let read = 0;
  for await (const chunk of bytes) {
    yield decoded(() => decoder.decode(chunk, { stream: true }));
    read += chunk.length;
  }
  const rest = decoded(() => decoder.decode());
  if (rest !== '') yield rest;

  function decoded(decode: () => string): string {
    try {
      return decode();
    } catch {
      throw unreadable(label, undecodable((decoder as { encoding: string }).encoding, read));
    }
  }
}

function unreadable(label: string, { kind, reason, hint }: Failure) {
  return httpError(kind, { message: `${label}: ${reason}`, hint, details: { url: label } });
}

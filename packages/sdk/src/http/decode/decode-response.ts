import type { JsonValue } from '@meltano/foundation/json';
import { type Failure, isWebPage } from '../failure.ts';
import type { HttpResponse } from '../http-message.ts';
import type { HttpOptions } from '../http-options.ts';
import type { BodyFacts, Decoder } from './decoder.ts';
import { isGzip } from './gzipped.ts';
import { type SpooledBody, spoolBody } from './spool-body.ts';

interface Decoding {
  readonly url: string;
  readonly label: string;
  readonly decoder: Decoder;
  readonly options: HttpOptions;
}

/** Reads a success whole, and says what a decoder makes of it. Without `maxBodyBytes` it may have any size. */
export async function decodeResponse(
  response: Response,
  { url, label, decoder, options }: Decoding,
): Promise<HttpResponse | Failure> {
  const { status, headers } = response;
  const spooled = await spoolBody(response, options.maxBodyBytes ?? Number.POSITIVE_INFINITY);
  if ('tries' in spooled) return spooled;
  const facts: BodyFacts = {
    label,
    contentType: headers.get('content-type'),
    charset: options.charset,
    isLenient: options.invalidBytes === 'replace',
  };
  const text = isGzip(spooled.head) ? '' : new TextDecoder().decode(spooled.head);
  const told = { status, headers, url, text };
  if (!decoder.isDocument) return { ...told, body: undefined, values: valuesIn(spooled, decoder, facts) };
  // One of no bytes, or for people, is judged as without a decoder.
  const isNone = spooled.head.length === 0 || isWebPage(facts.contentType);
  try {
    return { ...told, body: isNone ? undefined : await onlyOf(decoder.read(spooled.chunks(), facts)) };
  } finally {
    await spooled.close();
  }
}

async function onlyOf(groups: AsyncIterable<readonly JsonValue[]>): Promise<JsonValue | undefined> {
  let only: JsonValue | undefined;
  for await (const [value] of groups) only = value;
  return only;
}

function valuesIn(spooled: SpooledBody, decoder: Decoder, facts: BodyFacts): HttpResponse['values'] & object {
  return {
    async *read() {
      try {
        yield* decoder.read(spooled.chunks(), facts);
      } finally {
        await spooled.close();
      }
    },
    close: () => spooled.close(),
  };
}

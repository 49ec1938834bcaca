import { type Failure, unknownCharset } from './failure.ts';

/** The host's own type of it has no name. */
export type Decoder = InstanceType<typeof TextDecoder>;

/** The charset that a content type names. */
export function charsetOf(contentType: string | null): string | undefined {
  return /;\s*charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1];
}

/** Decodes a body as its content type says; strictly, so that no text is changed in silence (Invariant 4). */
export function decoderFor(
  contentType: string | null,
  { charset, isLenient }: { readonly charset: string | undefined; readonly isLenient: boolean },
): Decoder | Failure {
  const name = charset ?? charsetOf(contentType) ?? 'utf-8';
  try {
    return new TextDecoder(name, { fatal: !isLenient });
  } catch {
    return isLenient ? new TextDecoder() : unknownCharset(name);
  }
}

import type { JsonValue } from '@meltano/foundation/json';

/** Null and undefined are left out, a list repeats the parameter. */
export type RequestParams = Readonly<Record<string, ParamValue | readonly ParamValue[]>>;
export type ParamValue = JsonValue | undefined;

export interface HttpRequest {
  readonly method: string;
  /** A path below `baseUrl`, or a whole address. */
  readonly url: string;
  /** The address comes from an answer, so it must be of the API's own host. */
  readonly followed?: boolean;
  /** What is shown and counted in place of the address: the path without values. */
  readonly label: string;
  readonly params: RequestParams;
  readonly headers: Readonly<Record<string, string>>;
  /** At most one of the three. */
  readonly json?: JsonValue;
  readonly form?: Readonly<Record<string, string>>;
  readonly text?: string;
  /** How much of the rate limits it takes. Default 1. */
  readonly cost?: number;
}

/** The values that an answer holds, in groups. */
export interface DecodedValues {
  read(): AsyncGenerator<readonly JsonValue[]>;
  /** Ends what was not read to its end. */
  close(): Promise<void>;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly url: string;
  readonly text: string;
  /** The body as JSON with every digit kept; undefined when it is not JSON. */
  readonly body: JsonValue | undefined;
  /** What a decoder makes of the body, in its place; `text` is its beginning then. It is read once, or closed. */
  readonly values?: DecodedValues;
}

/** A response, and what the error policy makes of it: a page to read, one to leave out, or the end of the stream. */
export interface HttpAnswer {
  readonly kind: 'page' | 'skip' | 'stop';
  readonly response: HttpResponse;
  /** An `accept` of the tap's own rules has made it a page. */
  readonly isRuled?: boolean;
}

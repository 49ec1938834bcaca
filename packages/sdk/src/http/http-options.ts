import type { Authenticator } from './auth/authenticator.ts';
import type { ErrorRule, RetryOptions } from './error-policy.ts';
import type { RequestParams } from './http-message.ts';
import type { RateLimit } from './rate-limit.ts';

/** How a tap reaches an HTTP API; said once, for all its streams. */
export interface HttpOptions {
  /** The paths of requests are appended to it, e.g. `https://api.example.com/v1`. */
  readonly baseUrl: string;
  /** Sent with every request; `user-agent`, `accept` and `accept-encoding` have defaults. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Query parameters of every request. */
  readonly params?: RequestParams;
  readonly auth?: Authenticator;
  /** What the API allows; requests wait for their turn before they are sent, across all streams. */
  readonly rateLimits?: readonly RateLimit[];
  /** Requests in flight at a time. Default 8. */
  readonly concurrency?: number;
  /** Milliseconds until a request is given up, its body included; more than 24 days are 24 days. Default 300,000. */
  readonly timeout?: number;
  /** Bytes of one answer, counted as they are when decompressed, beyond which the request fails. Default 512 MiB, which is also the most that can be; for what a decoder reads there is none. */
  readonly maxBodyBytes?: number;
  /** How answers are encoded, whatever their content type says, e.g. `windows-1252`. Default: as it says, or UTF-8. */
  readonly charset?: string;
  /** What becomes of bytes that the charset does not have: the request fails, or each becomes U+FFFD. Default `fail`. */
  readonly invalidBytes?: 'fail' | 'replace';
  readonly retry?: RetryOptions;
  /** What to do with answers of certain kinds; the first rule that fits decides, those of a stream before these. */
  readonly onError?: readonly ErrorRule[];
}

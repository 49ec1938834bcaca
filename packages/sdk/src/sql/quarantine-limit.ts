import { configError } from '../config/errors.ts';

/** How many records of a stream may be put aside before the run fails: a number, or a share of all records. */
export type QuarantineLimit =
  | { readonly kind: 'rows'; readonly rows: number }
  | { readonly kind: 'share'; readonly share: number };

/** Of fewer records a share says little before the stream has ended. */
const leastForShare = 1_000;

/** Reads `1000` or `2.5%`. Throws `config.invalid`. */
export function parseQuarantineLimit(text: string): QuarantineLimit {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text);
  const amount = Number(match?.[1]);
  if (match?.[2] === '%' && amount <= 100) return { kind: 'share', share: amount / 100 };
  if (match?.[2] === '' && Number.isInteger(amount)) return { kind: 'rows', rows: amount };
  throw configError('invalid', {
    message: `The configuration is not valid: "max_quarantined" must be a number of records or a share such as 2%, not ${JSON.stringify(text)}`,
    hint: 'set max_quarantined to e.g. 1000 or 2%',
  });
}

export function renderQuarantineLimit(limit: QuarantineLimit): string {
  return limit.kind === 'rows' ? `${limit.rows} records` : `${limit.share * 100}% of the records`;
}

/** Whether so many of so many records are too many; `ended` says that no more will come. */
export function exceedsLimit(limit: QuarantineLimit, count: number, of: number, ended: boolean): boolean {
  if (limit.kind === 'rows') return count > limit.rows;
  return (ended || of >= leastForShare) && count > limit.share * of;
}

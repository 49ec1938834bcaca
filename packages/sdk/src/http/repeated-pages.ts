import { createHash } from 'node:crypto';
import { type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { httpError } from './errors.ts';

/**
 * Throws when an API gives the same page whatever it is asked for, and would do so for ever: one that ignores the
 * number of the page, or that counts a cursor up beside the same records. Called for pages that another is to follow.
 *
 * To make a text of every page for this would cost more than to read it. So the ends of a page are compared first; only
 * where they are those of the page before is it looked at whole, and found to repeat by the page after.
 */
export function createRepeatGuard(label: string): (records: readonly JsonValue[], number: number) => void {
  let ends: string | undefined;
  let whole: string | undefined;
  return (records, number) => {
    const before = { ends, whole };
    ends =
      records.length === 0 ? undefined : digest([records.length, records[0] ?? null, records.at(-1) ?? null]);
    whole = ends !== undefined && ends === before.ends ? digest(records) : undefined;
    if (whole === undefined || whole !== before.whole) return;
    throw httpError('pagination_loop', {
      message: `Page ${number} of ${label} is the same as page ${number - 1}, though another was asked for`,
      hint: 'the API does not know what it is paged by: compare the parameters of the paginator with its documentation, or leave the paginator out where all records come at once',
      details: { url: label, page: number },
    });
  };
}

/**
 * Some APIs give their last page once more for every number behind it. `keep` is given the records of a page that had
 * less than was asked for; `isAgain` tells whether a page has the same records, which then are no new ones.
 */
export function createLastPage() {
  let kept: string | undefined;
  return {
    keep(records: readonly JsonValue[] | undefined): void {
      kept = records === undefined || records.length === 0 ? undefined : digest(records);
    },
    isAgain: (records: readonly JsonValue[]) => kept !== undefined && digest(records) === kept,
  };
}

/** Some APIs look through so many rows for one page that many have none; beyond this there is no end of it. */
const mostEmpty = 1_000;
const tellEmpty = 100;

/** Throws when page after page has no records though each is said to be followed by another. */
export function createEmptyGuard(label: string, log: Log): (held: number) => void {
  let empty = 0;
  return (held) => {
    empty = held === 0 ? empty + 1 : 0;
    if (empty >= mostEmpty) throw endless(label, empty);
    if (empty > 0 && empty % tellEmpty === 0)
      log.log('info', `${label}: ${empty} pages in a row without records, and another is to come`);
  };
}

function endless(label: string, pages: number) {
  return httpError('pagination_loop', {
    message: `${label} has given no records for ${pages} pages in a row, though it leads to another each time`,
    hint: 'the API has a sign of its own for the end: give it to the paginator as "more", or use one that ends at an empty page',
    details: { url: label },
  });
}

function digest(value: readonly JsonValue[]): string {
  return createHash('sha1').update(stringifyJson(value)).digest('base64');
}

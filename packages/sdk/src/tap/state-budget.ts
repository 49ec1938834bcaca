/** A state of this length may be sent whenever there is reason to. */
const cheap = 8 * 1024;
/** A longer one only when so much more than its length was sent in records since the last, */
const recordsPerState = 10;
/** or when so much time was for each of its bytes: a slow source must not lose its progress over it either, */
const bytesPerMs = 50;
/** but never longer. */
const longestWait = 300_000;

/**
 * Says when a state is worth its length. A state is a whole snapshot: one with 100,000 partitions has 10 MB, and to
 * send it after each few records would be most of the output, and grow with the square of the partitions.
 */
export interface StateBudget {
  /** Counts bytes of records. */
  spend(bytes: number): void;
  /** Whether a state of about this length may be sent now; then the counts begin anew. */
  affords(size: number, now: number): boolean;
}

export function createStateBudget(startedAt: number): StateBudget {
  let spent = 0;
  let sentAt = startedAt;
  return {
    spend(bytes) {
      spent += bytes;
    },
    affords(size, now) {
      const isWorthIt =
        size <= cheap ||
        spent >= size * recordsPerState ||
        now - sentAt >= Math.min(longestWait, size / bytesPerMs) ||
        // A clock that was set back.
        now < sentAt;
      if (!isWorthIt) return false;
      spent = 0;
      sentAt = now;
      return true;
    },
  };
}

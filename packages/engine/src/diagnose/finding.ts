import { type ErrorPlace, errorMessage, isAppError } from '@meltano/foundation/errors';

/** `advice`: it works, or will work by itself; `broken`: something that the project asks for cannot work. */
export type Verdict = 'fine' | 'advice' | 'broken';

/** One thing that was looked at, what is the matter with it, and what to type. */
export interface Finding {
  /** What was looked at, e.g. `Lock files`. Several findings may share it. */
  readonly subject: string;
  readonly verdict: Verdict;
  readonly message: string;
  readonly fix?: string | undefined;
  readonly place?: ErrorPlace | undefined;
}

/** The findings of a check; one that fails is a finding itself. */
export async function findingsOf(
  subject: string,
  check: () => Promise<readonly Finding[]> | readonly Finding[],
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [brokenBy(subject, error)];
  }
}

export function brokenBy(subject: string, error: unknown): Finding {
  const message = errorMessage(error);
  return isAppError(error)
    ? { subject, verdict: 'broken', message, fix: error.hint, place: error.place }
    : { subject, verdict: 'broken', message };
}

/** What is wrong, or one finding that says that nothing is. */
export function orFine(subject: string, found: readonly Finding[], message: string): readonly Finding[] {
  return found.length > 0 ? found : [{ subject, verdict: 'fine', message }];
}

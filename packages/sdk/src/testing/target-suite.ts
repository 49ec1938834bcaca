import { assertAbout } from './about-check.ts';
import type { Check } from './check.ts';
import { type TargetDriver, targetDrivers } from './drive-target.ts';
import { assertBrokenInput } from './target-checks/broken-input.ts';
import { assertContract, assertFrozen, assertHistory } from './target-checks/contract-checks.ts';
import {
  assertAppends,
  assertDurable,
  assertEmpty,
  assertIdempotent,
  assertInterleaved,
  assertLastWins,
  assertLoads,
  assertMissing,
} from './target-checks/load-checks.ts';
import { assertBadValue, assertNullKey } from './target-checks/refusal-checks.ts';
import { assertReplaces, assertReplacesWhole } from './target-checks/replace-checks.ts';
import {
  assertOddNames,
  assertRecordFirst,
  assertSameSchema,
  assertSchemaChange,
  assertWiderTypes,
} from './target-checks/schema-checks.ts';
import { assertFidelity } from './target-checks/value-checks.ts';
import { assertDeletions, assertVersions } from './target-checks/version-checks.ts';
import { assertCrashes } from './target-crashes.ts';
import type { TargetSuiteOptions } from './target-suite-options.ts';

/**
 * What every target must do, in process and as a Singer program. Numbers in titles are rules of the clarified
 * Singer specification.
 */
export function targetSuite(options: TargetSuiteOptions): readonly Check[] {
  const { target } = options;
  const kept = Object.entries(checks).filter(
    ([, { needs }]) => needs === undefined || options[needs] === true,
  );
  const once: readonly Check[] = [
    { id: 'about', title: 'describes itself', run: async () => assertAbout(target) },
    {
      id: 'broken-input',
      title: 'passes a failing input on, after what was durable is acknowledged',
      run: () => assertBrokenInput(options),
    },
    {
      id: 'crash-at-every-step',
      title:
        'loses and doubles nothing, wherever the input or an acknowledgement fails, when it is run again',
      run: () => assertCrashes(options),
    },
    ...(options.replaces === true
      ? [
          {
            id: 'replaces-whole',
            title: 'keeps what it would replace until all has come, wherever the input breaks off',
            run: () => assertReplacesWhole(options),
          },
        ]
      : []),
  ];
  const each = targetDrivers(target).flatMap((driver) =>
    kept.map(([id, { title, assertIt }]) => ({
      id,
      title: `${title}, ${driver.name}`,
      run: () => assertIt(driver, options),
    })),
  );
  return [...once, ...each];
}

interface TargetCheck {
  readonly title: string;
  /** What a target must have beyond the rest. */
  readonly needs?: 'keepsHistory' | 'keepsContract' | 'replaces' | 'retires';
  readonly assertIt: (driver: TargetDriver, options: TargetSuiteOptions) => Promise<void>;
}

const checks: Readonly<Record<string, TargetCheck>> = {
  loads: { title: 'loads records and acknowledges the last state', assertIt: assertLoads },
  durable: {
    title: 'acknowledges a state only when everything before it can be read',
    assertIt: assertDurable,
  },
  idempotent: {
    title: 'loads the same records twice without doubling them',
    assertIt: assertIdempotent,
  },
  'last-wins': {
    title: 'keeps the last of records with one key, in one batch too',
    assertIt: assertLastWins,
  },
  appends: { title: 'appends when there is no key', assertIt: assertAppends },
  'missing-property': {
    title: 'leaves the old value of a property that is missing',
    assertIt: assertMissing,
  },
  empty: { title: 'does nothing for an empty input', assertIt: assertEmpty },
  fidelity: { title: 'keeps values as they are', assertIt: assertFidelity },
  'schema-change': {
    title: 'writes earlier records under the earlier schema',
    assertIt: assertSchemaChange,
  },
  'same-schema': { title: 'takes a repeated schema as nothing new', assertIt: assertSameSchema },
  'wider-types': {
    title: 'keeps values when a property gets a wider type',
    assertIt: assertWiderTypes,
  },
  'record-first': { title: 'refuses a record before its schema', assertIt: assertRecordFirst },
  'bad-value': { title: 'never loses a record that does not fit its schema', assertIt: assertBadValue },
  'null-key': { title: 'never loses a record without key', assertIt: assertNullKey },
  'odd-names': { title: 'keeps streams and properties with odd names apart', assertIt: assertOddNames },
  history: {
    title: 'keeps a version of a row for each of its changes, and none for a row that comes again',
    needs: 'keepsHistory',
    assertIt: assertHistory,
  },
  frozen: {
    title: 'fails before it changes what its contract freezes',
    needs: 'keepsContract',
    assertIt: assertFrozen,
  },
  contract: {
    title: 'counts what its contract keeps out, and keeps what is put into quarantine',
    needs: 'keepsContract',
    assertIt: assertContract,
  },
  replaces: {
    title: 'puts what has come in the place of what was there, and takes its shape',
    needs: 'replaces',
    assertIt: assertReplaces,
  },
  deletions: {
    title: 'marks or removes rows that were deleted, and has them back when they come again',
    needs: 'retires',
    assertIt: assertDeletions,
  },
  versions: {
    title: 'retires rows that a newer version of a table does not have',
    needs: 'retires',
    assertIt: assertVersions,
  },
  interleaved: { title: 'takes records of streams in any order', assertIt: assertInterleaved },
};

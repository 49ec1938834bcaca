import type { StaleRows } from './statements.ts';

/**
 * The versions of a table that one run brings (Singer rule 78). States: nothing activated; activated after records of
 * the version, so that these are complete; activated early, before any of them: then the version is complete when the
 * whole input is.
 */
export interface TableVersions {
  /** Records of a version have come, or some without one. */
  saw(version: number | undefined): void;
  /** The stream goes on from where it was: what is not among its records is not gone. */
  goesOn(): void;
  activate(version: number): void;
  /** Rows that the activated version does not have, as far as that can be told yet. `last`: the whole input has come. */
  stale(last: boolean): StaleRows | undefined;
  /** They are retired, durably. */
  retired(): void;
}

export function createTableVersions(): TableVersions {
  const seen = new Set<number | undefined>();
  let activated: { readonly version: number; readonly early: boolean } | undefined;
  let isWhole = true;
  return {
    goesOn() {
      isWhole = false;
    },
    saw: (version) => void seen.add(version),
    activate(version) {
      activated = { version, early: !seen.has(version) };
    },
    stale(last) {
      if (activated === undefined || (activated.early && !last)) return undefined;
      const { version } = activated;
      // Where a tap gives its records no version, rows without one are what it has.
      return { version, unversioned: isWhole && seen.has(version) && !seen.has(undefined) };
    },
    retired() {
      if (activated?.early === false) activated = undefined;
    },
  };
}

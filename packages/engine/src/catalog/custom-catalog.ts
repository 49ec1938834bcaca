import type { JsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { Catalog } from '@meltano/singer/catalog';
import { catalogError } from './errors.ts';

/** The path of a catalog made by hand, relative to the project's root; from the extra `_catalog`. */
export function customCatalog(extras: JsonObject): string | undefined {
  const path = extras['_catalog'];
  return typeof path === 'string' && path !== '' ? path : undefined;
}

export function missingCatalog(path: string) {
  return catalogError('missing_file', {
    message: `Could not find catalog file ${path}`,
    hint: 'the path is relative to the root of the project',
    details: { path },
  });
}

/** What happens when a catalog is needed. */
export type DiscoveryStep =
  | { readonly kind: 'started' }
  | { readonly kind: 'finished'; readonly catalog: Catalog; readonly cached: boolean };

/** Tells whoever listens, or else the log, in Meltano's words. */
export function reportDiscovery(
  step: DiscoveryStep,
  to: { readonly log: Log; onDiscovery?(step: DiscoveryStep): void },
): void {
  if (to.onDiscovery !== undefined) return to.onDiscovery(step);
  if (step.kind === 'started') return to.log.log('info', 'Running catalog discovery');
  if (step.cached) to.log.log('debug', 'Using cached catalog file');
}

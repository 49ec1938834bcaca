import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';

/** A connector of an npm package: it works inside this process. One installed by pip never does. */
export function isNative(plugin: ResolvedPlugin): boolean {
  return plugin.npmPackage !== undefined && !plugin.pipUrl;
}

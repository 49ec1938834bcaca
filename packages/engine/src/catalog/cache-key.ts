import { createHash } from 'node:crypto';
import { stringifyPythonJson } from '@meltano/foundation/json';
import type { PreparedPlugin } from '../workspace/workspace.ts';
import { withPythonNumbers } from './python-numbers.ts';

/**
 * Names everything that a discovered catalog depends on; Meltano computes the same, so both share one cache.
 * Undefined when nothing may be cached: not installed by pip, installed as editable, or a custom catalog.
 * Source: meltano-runtime §2.8.
 */
export function catalogCacheKey({ plugin, flatConfig, extras }: PreparedPlugin): string | undefined {
  if (!plugin.pipUrl || plugin.pipUrl.startsWith('-e') || extras['_catalog']) return undefined;
  const parts = { ...flatConfig, _schema: extras['_schema'] ?? {}, _metadata: extras['_metadata'] ?? {} };
  const text = stringifyPythonJson(withPythonNumbers(parts));
  return createHash('sha1').update(text).digest('hex');
}

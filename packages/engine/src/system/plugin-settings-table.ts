import type { JsonValue } from '@meltano/foundation/json';
import { parsePickle, renderPickle } from './python-pickle.ts';
import { type SqlConnection, textOf } from './sql-connection.ts';

/**
 * Meltano's table `plugin_settings`: what `config set --store=db` keeps. The namespace is `meltano` for
 * Meltano's own settings, else `<plugin type>.<plugin>.default`. Source: meltano-runtime §5.4.
 */
export interface PluginSettingsTable {
  /** Setting name → value, of the enabled rows. */
  list(namespace: string): Promise<ReadonlyMap<string, JsonValue>>;
  set(namespace: string, name: string, value: JsonValue): Promise<void>;
  /** False when there was nothing to remove. */
  unset(namespace: string, name: string): Promise<boolean>;
  /** Removes all of a namespace and answers how many there were. */
  reset(namespace: string): Promise<number>;
}

export function createPluginSettingsTable(connection: SqlConnection): PluginSettingsTable {
  return {
    async list(namespace) {
      const rows = await connection.all(
        'SELECT name, value FROM plugin_settings WHERE namespace = ? AND enabled = 1 ORDER BY rowid',
        [namespace],
      );
      return new Map(rows.map((row) => [textOf(row, 'name') ?? '', valueOf(row['value'])]));
    },
    async set(namespace, name, value) {
      await connection.run(
        `INSERT INTO plugin_settings (name, namespace, value, enabled) VALUES (?, ?, ?, 1)
         ON CONFLICT (name, namespace) DO UPDATE SET value = excluded.value, enabled = 1`,
        [name, namespace, renderPickle(value)],
      );
    },
    unset: async (namespace, name) =>
      (await connection.run('DELETE FROM plugin_settings WHERE namespace = ? AND name = ?', [
        namespace,
        name,
      ])) > 0,
    reset: (namespace) => connection.run('DELETE FROM plugin_settings WHERE namespace = ?', [namespace]),
  };
}

function valueOf(value: unknown): JsonValue {
  return value instanceof Uint8Array ? parsePickle(value) : null;
}

import type { JsonValue } from '@meltano/foundation/json';
import { parsePickle, renderPickle } from './python-pickle.ts';
import { type SqlConnection, textOf } from './sql-connection.ts';
import { sqlDialects } from './sql-dialect.ts';

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
  // Meltano reads them in the order in which SQLite has them.
  const order = connection.dialect === 'sqlite' ? 'rowid' : 'name';
  const { overwrite } = sqlDialects[connection.dialect];
  return {
    async list(namespace) {
      const rows = await connection.all(
        `SELECT name, value FROM plugin_settings WHERE namespace = ? AND enabled ORDER BY ${order}`,
        [namespace],
      );
      return new Map(rows.map((row) => [textOf(row, 'name') ?? '', valueOf(row['value'])]));
    },
    async set(namespace, name, value) {
      await connection.run(
        `INSERT INTO plugin_settings (name, namespace, value, enabled) VALUES (?, ?, ?, ?)
         ${overwrite(['name', 'namespace'], ['value', 'enabled'])}`,
        [name, namespace, renderPickle(value), 1],
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

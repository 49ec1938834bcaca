import type { SqlSession } from './sql-connection.ts';

/**
 * Meltano's tables in one system, column for column in Meltano's order and spelling: other tools read them
 * with `SELECT *`, and Meltano itself goes on working with them. Source: meltano-runtime §5.2 to §5.5.
 */
export interface MeltanoSchema {
  createRuns(session: SqlSession): Promise<void>;
  /** `job`, with whatever columns its age gave it, or `runs`, becomes the `runs` of today, rows included. */
  upgradeRuns(session: SqlSession): Promise<void>;
  createPluginSettings(session: SqlSession): Promise<void>;
  upgradePluginSettings(session: SqlSession): Promise<void>;
  createState(session: SqlSession): Promise<void>;
  upgradeState(session: SqlSession): Promise<void>;
}

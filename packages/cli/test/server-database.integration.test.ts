import { delimiter, dirname, resolve } from 'node:path';
import {
  createTestDatabase,
  mysqlServer,
  openAddress,
  type TestDatabase,
} from '@meltano/engine/testing/test-databases';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { cleanEnv, meltano, meltanoOk, type TestProject, testProject } from './support/meltano-program.ts';

const fixtures = resolve(import.meta.dirname, '../../engine/fixtures/bin');
const projectFile = `default_environment: dev
project_id: 6ad4cb0a-8f0c-4e68-9b0b-2f3f9c5a9d10
environments: [{name: dev}]
plugins:
  extractors:
  - {name: tap-t, namespace: tap_t, executable: ${fixtures}/tap-rows.mjs, capabilities: [state], settings: [{name: rows, kind: integer}]}
  loaders:
  - {name: target-t, namespace: target_t, executable: ${fixtures}/target-collects.mjs, config: {path: out}}
`;

function serverDatabaseSuite(name: string, server: () => string): void {
  describe(`a project with its system database on ${name}`, () => {
    let project: TestProject;
    let database: TestDatabase;
    beforeEach(async () => {
      project = await testProject({ 'meltano.yml': projectFile });
      database = await createTestDatabase(server());
    });
    afterEach(async () => {
      await database.remove();
      await project[Symbol.asyncDispose]();
    });
    const options = (uri = database.uri) => ({
      cwd: project.folder,
      env: {
        ...cleanEnv(project.folder),
        PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
        MELTANO_DATABASE_URI: uri,
        MELTANO_DATABASE_RETRY_TIMEOUT: '0',
      },
    });

    it('runs, goes on where it stopped, and shows it', async () => {
      for (const last of [10, 20]) {
        await meltanoOk(['run', 'tap-t', 'target-t'], options());
        const { stdout } = await meltanoOk(['state', 'get', 'dev:tap-t-to-target-t'], options());
        expect(JSON.parse(stdout)).toMatchObject({ singer_state: { bookmarks: { rows: { id: last } } } });
      }
      const logs = await meltanoOk(['logs', 'list', '--format', 'json'], options());
      expect(JSON.parse(logs.stdout)).toMatchObject({
        runs: [{ state: 'SUCCESS' }, { state: 'SUCCESS' }],
      });
      await meltanoOk(['config', 'set', '--store=db', 'tap-t', 'rows', '1'], options());
      await meltanoOk(['run', 'tap-t', 'target-t'], options());
      const connection = await openAddress(database.uri);
      const rows = await connection.all('SELECT job_name, state, payload FROM runs ORDER BY id DESC LIMIT 1');
      await connection.close();
      expect(rows).toEqual([
        {
          job_name: 'dev:tap-t-to-target-t',
          state: 'SUCCESS',
          payload: '{"singer_state": {"bookmarks": {"rows": {"id": 21}}}}',
        },
      ]);
    });

    it('says what is wrong when the database is away, and no password', async () => {
      const uri = new URL(database.uri);
      uri.port = '1';
      uri.username = 'me';
      uri.password = 'v3ry-s3cr3t';
      const { code, stdout, stderr } = await meltano(['run', 'tap-t', 'target-t'], options(uri.href));
      expect(code).toBe(1);
      expect(stderr).toContain('DB connection failed. Will retry after 0s. Attempt 1/3');
      expect(stderr).toContain('Could not connect to the database after 3 attempts. Max retries exceeded.');
      expect(stderr).toContain('Start the database server');
      expect(stdout + stderr).not.toContain('v3ry-s3cr3t');
    });
  });
}

serverDatabaseSuite('PostgreSQL', () => inject('postgres'));
const mysql = mysqlServer('projects');
describe.skipIf(mysql === undefined)('with a MySQL server', () => {
  serverDatabaseSuite('MySQL', () => mysql ?? '');
});

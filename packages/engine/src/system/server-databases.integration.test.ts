import { describe, inject } from 'vitest';
import { systemDatabaseSuite } from '../testing/system-database-suite.ts';
import { createTestDatabase, mysqlServer } from '../testing/test-databases.ts';

systemDatabaseSuite('PostgreSQL', () => createTestDatabase(inject('postgres')));
const mysql = mysqlServer('system databases');
describe.skipIf(mysql === undefined)('with a MySQL server', () => {
  systemDatabaseSuite('MySQL', () => createTestDatabase(mysql ?? ''));
});

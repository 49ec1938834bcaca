/**
 * A process of its own that opens a system database, prints which drivers of servers were loaded for that, as a
 * JSON array, and then has nothing to do. It never closes the database.
 *
 *     open-database-process.ts <database uri>
 */
import { createRequire } from 'node:module';
import { openSystemDatabase } from '../system/system-database.ts';

const database = await openSystemDatabase({ uri: process.argv[2] ?? '', folder: '/' });
await database.runs.list();
const loaded = Object.keys(createRequire(import.meta.url).cache);
const drivers = ['pg', 'mysql2'].filter((name) =>
  loaded.some((file) => file.includes(`/node_modules/${name}/`)),
);
process.stdout.write(JSON.stringify(drivers));

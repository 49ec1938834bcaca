import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface LocalRegistry {
  readonly url: string;
  close(): Promise<void>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

/** Serves the tarballs of a folder as an npm registry: enough for `npm install` and `npm create` of a scope. Port 0 takes a free one. */
export async function startLocalRegistry(folder: string, port: number): Promise<LocalRegistry> {
  const packages = new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.tgz'))
      .map((file) => {
        const bytes = readFileSync(join(folder, file));
        const manifest = manifestOf(join(folder, file));
        return [manifest.name, { file, bytes, manifest }] as const;
      }),
  );
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1);
    const tarball = [...packages.values()].find(({ file }) => path === `-/${file}`);
    if (tarball !== undefined) return void response.end(tarball.bytes);
    const found = packages.get(path);
    if (found === undefined) return void response.writeHead(404).end('{}');
    const { manifest, bytes, file } = found;
    const dist = {
      tarball: `http://${request.headers.host}/-/${file}`,
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
    };
    response.setHeader('content-type', 'application/json');
    return void response.end(
      JSON.stringify({
        name: manifest.name,
        'dist-tags': { latest: manifest.version },
        versions: { [manifest.version]: { ...manifest, dist } },
      }),
    );
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function manifestOf(tarball: string): Manifest {
  const text = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own package files
  return JSON.parse(text) as Manifest;
}

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findUv } from './find-uv.ts';
import { resolvePython } from './python-choice.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'meltano-uv-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function program(path: string, script = 'exit 0'): Promise<string> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

const search = (env: Record<string, string> = {}, python?: string) =>
  findUv({ env: { HOME: home, PATH: join(home, 'path'), ...env }, cacheFolder: join(home, 'cache'), python });

describe('findUv', () => {
  it('looks where it is named, on PATH, in the usual folders, and in the cache', async () => {
    expect(await search()).toBeUndefined();
    const cached = await program('cache/uv/uv');
    expect(await search()).toBe(cached);
    const local = await program('.local/bin/uv');
    expect(await search()).toBe(local);
    const onPath = await program('path/uv');
    expect(await search()).toBe(onPath);
    expect(await search({ MELTANO_UV: '/named/uv' })).toBe('/named/uv');
  });

  it('fetches it with Python, and leaves nothing else in the cache', async () => {
    // Stands for `python -m venv <folder>` and `<folder>/bin/python -m pip install uv`.
    const script = [
      'PATH=/usr/bin:/bin',
      'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0; fi',
      'printf "#!/bin/sh\\n" > "$(dirname "$0")/uv"; chmod +x "$(dirname "$0")/uv"',
    ];
    const python = await program('python3', script.join('\n'));
    const uv = join(home, 'cache', 'uv', 'uv');
    expect(await search({}, python)).toBe(uv);
    expect(existsSync(uv)).toBe(true);
    expect(await readdir(join(home, 'cache'))).toEqual(['uv']);
    // The next time it is there.
    expect(await search()).toBe(uv);
  });

  it('does without when it cannot be fetched', async () => {
    const python = await program('python3', 'exit 1');
    expect(await search({}, python)).toBeUndefined();
    expect(await readdir(join(home, 'cache', 'uv'))).toEqual([]);
  });
});

describe('resolvePython', () => {
  it('takes a path, a name, or a version', async () => {
    const python = await program('path/python3.11');
    const env = { PATH: join(home, 'path') };
    expect(await resolvePython({ configured: python, env })).toBe(python);
    expect(await resolvePython({ configured: 'python3.11', env })).toBe(python);
    expect(await resolvePython({ configured: '3.11', env })).toBe(python);
    expect(await resolvePython({ configured: '3.9', env })).toBeUndefined();
    expect(await resolvePython({ configured: '/none', env })).toBeUndefined();
    expect(await resolvePython({ configured: undefined, env })).toBeUndefined();
  });
});

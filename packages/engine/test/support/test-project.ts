import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type OpenWorkspaceOptions, openWorkspace } from '../../src/workspace/open-workspace.ts';
import type { Workspace } from '../../src/workspace/workspace.ts';

/** A project in a folder of its own, removed with `remove` or `using`. */
export interface TestProject extends Disposable {
  readonly root: string;
  path(file: string): string;
  read(file: string): string;
  write(file: string, text: string): void;
  open(options?: Partial<OpenWorkspaceOptions>): Promise<Workspace>;
}

export function testProject(files: Readonly<Record<string, string>>): TestProject {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'meltano-project-')));
  const path = (file: string) => join(root, file);
  const write = (file: string, text: string) => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  return {
    root,
    path,
    write,
    read: (file) => readFileSync(path(file), 'utf8'),
    open: (options) => openWorkspace({ cwd: root, processEnv: {}, ...options }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

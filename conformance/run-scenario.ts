import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createNormaliser } from './normalise.ts';
import { readLog } from './read-log.ts';
import type { Answer, Scenario, Step } from './scenario.ts';
import { changedFiles, changedTables, lostComments, takeSnapshot } from './snapshot.ts';

export interface Setting {
  /** The executable of the program under test. */
  readonly program: string;
  readonly hubUrl: string;
}

/** Seconds that one command may take before it is killed. */
const patience = 120;

/** Runs a scenario in a new folder, with a home directory of its own, and answers what each command did. */
export async function runScenario(scenario: Scenario, setting: Setting): Promise<readonly Answer[]> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'conformance-')));
  try {
    const project = join(folder, 'project');
    await mkdir(project);
    await writeFiles(project, scenario.files);
    const answers: Answer[] = [];
    let before = await takeSnapshot(project, scenario.also ?? []);
    for (const step of scenario.steps) {
      await writeFiles(project, step.write ?? {});
      if (step.write !== undefined) before = await takeSnapshot(project, scenario.also ?? []);
      const result = await runStep(step, folder, setting);
      const normalise = createNormaliser({ folder, hubUrl: setting.hubUrl });
      const after = await takeSnapshot(project, scenario.also ?? []);
      answers.push({
        code: result.code,
        stdout: normalise
          .text(result.stdout)
          .split('\n')
          .filter((line) => step.only?.test(line) ?? true),
        log: readLog(normalise.text(result.stderr)),
        files: normalise.values(changedFiles(before, after)),
        tables: normalise.values(changedTables(before, after)),
        lostComments: lostComments(before, after),
      });
      before = after;
    }
    return answers;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function writeFiles(folder: string, files: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    if (content === null) await rm(file);
    else {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      if (content.startsWith('#!')) await chmod(file, 0o755);
    }
  }
}

async function runStep(step: Step, folder: string, { program, hubUrl }: Setting) {
  const home = join(folder, 'home');
  await mkdir(home, { recursive: true });
  const child = spawn(program, step.args, {
    cwd: join(folder, 'project', step.cwd ?? ''),
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TZ: 'UTC',
      LANG: 'C.UTF-8',
      COLUMNS: '80',
      MELTANO_CLI_DISABLE_VERSION_CHECK: '1',
      MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
      MELTANO_CLI_LOG_FORMAT: 'json',
      MELTANO_HUB_URL: hubUrl,
      ...step.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(step.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), patience * 1000);
  const code = await new Promise<number | string>((done, fail) => {
    child.once('error', fail);
    child.once('close', (number, signal) => done(number ?? String(signal)));
  });
  clearTimeout(timer);
  return { code, ...output };
}

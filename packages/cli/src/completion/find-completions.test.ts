import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createHost } from '../host.ts';
import { createProgram } from '../program.ts';
import { findCompletions } from './find-completions.ts';
import { argumentKind } from './name-kinds.ts';

const program = createProgram(createHost(process));

function find(args: readonly string[], incomplete = '') {
  const found = findCompletions(program, { args, incomplete });
  return found.kind === 'words' ? found.words.map((word) => word.value) : found;
}

test('commands and subcommands, without hidden ones', () => {
  expect(find([])).toEqual(expect.arrayContaining(['add', 'run', 'state', 'test']));
  expect(find([])).not.toContain('cloud');
  expect(find(['--environment', 'dev', 'state'])).toEqual(expect.arrayContaining(['get', 'history']));
});

test('options, without those that were given', () => {
  expect(find(['run'], '-')).toEqual(
    expect.arrayContaining(['--full-refresh', '--state-strategy', '--help']),
  );
  expect(find(['run', '--full_refresh'], '-')).not.toContain('--full-refresh');
  expect(find(['run'], '-')).not.toContain('--merge-state');
  expect(find([], '-')).toContain('--log-level');
});

test('values of options', () => {
  expect(find(['run', '--state-strategy'])).toEqual(['auto', 'merge', 'overwrite']);
  expect(find(['run'], '--state-strategy=m')).toContain('--state-strategy=merge');
  expect(find(['add', '--plugin-type'])).toContain('extractors');
  expect(find(['--environment'])).toEqual({ kind: 'names', names: 'environments', of: [] });
  expect(find(['--cwd'])).toEqual({ kind: 'path', path: 'dir' });
  expect(find(['schedule', 'add', 'x', '--job'])).toMatchObject({ names: 'jobs' });
});

test('arguments by what they name', () => {
  expect(find(['run', 'tap-a'])).toMatchObject({ names: 'blocks' });
  expect(find(['el'])).toMatchObject({ names: 'extractors' });
  expect(find(['el', 'tap-a'])).toMatchObject({ names: 'loaders' });
  expect(find(['el', 'tap-a', 'target-b'])).toEqual([]);
  expect(find(['config', 'set', 'tap-a'])).toEqual({ kind: 'names', names: 'settings', of: ['tap-a'] });
  expect(find(['state', 'get'])).toMatchObject({ names: 'states' });
  expect(find(['environment', 'add'])).toEqual([]);
});

/** What is typed freely: nobody can know it before. */
const free = new Set([
  'add plugin',
  'environment add name',
  'job add job_name',
  'preview stream',
  'runs show run_id',
  'runs logs run_id',
  'logs show log_id',
  'schedule add name',
  'schedule run args',
  'select streams_filter',
  'select properties_filter',
  'state set state',
  'state merge state',
  'hub list pattern',
  'cloud args',
]);

test('every argument of every command is known, or free on purpose', () => {
  const walk = (command: Command, path: string): readonly string[] => [
    ...command.registeredArguments
      .filter((argument) => argumentKind(path, argument.name()) === undefined)
      .map((argument) => `${path} ${argument.name()}`),
    ...command.commands.flatMap((each) => walk(each, `${path} ${each.name()}`.trim())),
  ];
  expect(walk(program, '').filter((each) => !free.has(each))).toEqual([]);
});

test('what a plugin is handed is not ours', () => {
  expect(find(['invoke', 'dbt'], '--dum')).toEqual({ kind: 'path', path: 'file' });
  expect(find(['invoke'], '--dum')).toContain('--dump');
});

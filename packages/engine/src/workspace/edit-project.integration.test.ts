import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { testProject } from '../../test/support/test-project.ts';

const run = promisify(execFile);

test('several processes change one project at once, and no change is lost', async () => {
  using project = testProject({ 'meltano.yml': '# all of it\njobs:\n- {name: first, tasks: []}\n' });
  const program = new URL('../../fixtures/bin/add-jobs.ts', import.meta.url).pathname;
  const workers = ['a', 'b', 'c'].map((name) =>
    run(process.execPath, ['--conditions=meltano-source', program, project.root, name, '5']),
  );
  await Promise.all(workers);
  const { project: value } = await project.open();
  const expected = ['a', 'b', 'c'].flatMap((name) => [1, 2, 3, 4, 5].map((index) => `${name}${index}`));
  expect(value.jobs.map(({ name }) => name).sort()).toEqual([...expected, 'first'].sort());
  expect(project.read('meltano.yml')).toMatch(/^# all of it\njobs:\n- \{name: first, tasks: \[\]\}\n/);
});

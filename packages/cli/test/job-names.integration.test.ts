import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meltano, testProject } from './support/meltano-program.ts';

const yml = `default_environment: dev
environments: [{name: dev}]
plugins:
  extractors:
  - {name: tap-x, namespace: tap_x, executable: /bin/true}
  loaders:
  - {name: target-y, namespace: target_y, executable: /bin/true}
  mappers:
  - {name: mapper-m, namespace: mapper_m, executable: /bin/true, mappings: [{name: map-a, config: {}}]}
`;

it.each(['tap-x', 'map-a'])('a job may not have the name of a plugin or a mapping: %s', async (name) => {
  await using project = await testProject({ 'meltano.yml': yml });
  const options = { cwd: project.folder };
  const refused = await meltano(['job', 'add', name, '--tasks', 'tap-x target-y'], options);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`Job '${name}' cannot be added: '${name}' is the name of`);
  expect(await readFile(join(project.folder, 'meltano.yml'), 'utf8')).not.toContain('jobs');
});

it('`run` says where both stand when the file was written so', async () => {
  const both = `${yml}jobs:\n- {name: tap-x, tasks: [tap-x target-y]}\n`;
  await using project = await testProject({ 'meltano.yml': both });
  const { code, stderr } = await meltano(['run', 'tap-x', 'target-y'], { cwd: project.folder });
  expect(code).toBe(1);
  expect(stderr).toContain('meltano.yml:5');
  expect(stderr).toContain('meltano.yml:11');
});

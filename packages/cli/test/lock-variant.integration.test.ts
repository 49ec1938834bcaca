import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meltanoOk, testProject } from './support/meltano-program.ts';

const definition = (variant: string) =>
  JSON.stringify({
    name: 'tap-shop',
    namespace: 'tap_shop',
    variant,
    pip_url: `shop-${variant}`,
    settings: [],
  });
const variants = {
  acme: { ref: 'plugins/extractors/tap-shop--acme' },
  other: { ref: 'plugins/extractors/tap-shop--other' },
};

/** A Hub whose default variant is `acme`, and a project that uses `other` by its lock file alone. */
const files = {
  'meltano.yml': 'project_id: p1\nplugins:\n  extractors: [{name: tap-shop}]\n',
  'hub/plugins/extractors/index': JSON.stringify({ 'tap-shop': { default_variant: 'acme', variants } }),
  'hub/plugins/extractors/tap-shop--acme': definition('acme'),
  'hub/plugins/extractors/tap-shop--other': definition('other'),
  'plugins/extractors/tap-shop--other.lock': definition('other'),
};

it.each([
  ['lock', 'Lockfile exists for extractor tap-shop at plugins/extractors/tap-shop--other.lock'],
  ['lock --update tap-shop', 'Locked definition for extractor tap-shop'],
])('%s keeps to the variant whose lock file is in use', async (line, told) => {
  await using project = await testProject(files);
  const options = { cwd: project.folder, env: { MELTANO_HUB_API_ROOT: join(project.folder, 'hub') } };
  const { stderr } = await meltanoOk(line.split(' '), options);
  expect(stderr).toContain(told);
  expect(await readdir(join(project.folder, 'plugins/extractors'))).toEqual(['tap-shop--other.lock']);
  await meltanoOk(['config', 'list', 'tap-shop'], options);
});

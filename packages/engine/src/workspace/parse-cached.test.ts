import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stringifyJson } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import { testProject } from '../../test/support/test-project.ts';

const entries = Array.from(
  { length: 100 },
  (_, index) =>
    `  - name: tap-${index}\n    namespace: t${index}\n    config: {price: ${index}.50, big: 12345678901234567890}\n`,
);
const large = `plugins:\n  extractors:\n${entries.join('')}`;

describe('a large project file is parsed once', () => {
  test('what is kept of it reads as the same project, and is private', async () => {
    using project = testProject({ 'meltano.yml': large });
    const first = await project.open();
    const folder = project.path('.meltano/run/parsed');
    const [file = ''] = readdirSync(folder);
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    const second = await project.open();
    expect(stringifyJson(second.project.merged)).toBe(stringifyJson(first.project.merged));
    expect(second.project.plugins[7]?.place).toMatchObject({
      file: 'meltano.yml',
      line: 24,
      text: '  - name: tap-7',
    });
    expect(second.project.plugins[7]?.locate?.(['config', 'big'])).toMatchObject({ line: 26 });
  });
  test('what is kept is used: a value in it that the text does not have comes out', async () => {
    using project = testProject({ 'meltano.yml': large });
    await project.open();
    const [file = ''] = readdirSync(project.path('.meltano/run/parsed'));
    const kept = join('.meltano/run/parsed', file);
    project.write(kept, project.read(kept).replace('"tap-7"', '"tap-kept"'));
    expect((await project.open()).project.plugins[7]?.name).toBe('tap-kept');
  });
  test('another text, or damage, means parsing', async () => {
    using project = testProject({ 'meltano.yml': large });
    await project.open();
    const [file = ''] = readdirSync(project.path('.meltano/run/parsed'));
    project.write(
      join('.meltano/run/parsed', file),
      project.read(join('.meltano/run/parsed', file)).slice(0, 200),
    );
    expect((await project.open()).project.plugins[7]?.name).toBe('tap-7');
    project.write('meltano.yml', large.replace('tap-7\n', 'tap-seven\n'));
    expect((await project.open()).project.plugins[7]?.name).toBe('tap-seven');
    expect(readdirSync(project.path('.meltano/run/parsed'))).toEqual([file]);
  });
});

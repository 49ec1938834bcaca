import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meltano, meltanoOk, type ProgramOptions, testProject } from './support/meltano-program.ts';

const yml = `default_environment: dev
environments: [{name: dev}]
plugins:
  extractors:
  - {name: tap-acme, namespace: tap_acme, npm_package: tap-acme, executable: ./node_modules/.bin/acme-program, settings: [{name: token}]}
  - {name: tap-shell, namespace: tap_shell, npm_package: '@acme/tap-shell', executable: tap-shell}
  loaders:
  - {name: target-acme, namespace: target_acme, npm_package: target-acme, executable: target-acme}
`;

/** Says how it was called; as a target it reads what it is given. */
const program = `import { text } from 'node:stream/consumers';
console.log('program of tap-acme: ' + process.argv.slice(2).filter((arg) => !arg.includes('/')).join(' '));
if (process.argv[1].endsWith('target.js')) process.exitCode = (await text(process.stdin)).includes('RECORD') ? 0 : 3;
`;

/** A project with connectors that npm has installed: two for Node.js, one with a program of the shell. */
async function npmProject() {
  const project = await testProject({
    'meltano.yml': yml,
    'package.json': JSON.stringify({ dependencies: { 'tap-acme': 'file:../tap-acme' } }),
    'node_modules/tap-acme/package.json': JSON.stringify({
      name: 'tap-acme',
      type: 'module',
      bin: { 'acme-program': 'dist/main.js' },
    }),
    'node_modules/tap-acme/index.js': "export default { kind: 'tap', about: { name: 'tap-acme' } };",
    'node_modules/tap-acme/dist/main.js': program,
    'node_modules/@acme/tap-shell/package.json': JSON.stringify({
      name: '@acme/tap-shell',
      bin: 'bin/shell',
    }),
    'node_modules/@acme/tap-shell/bin/shell': '#!/bin/sh\necho "program of the shell: $*"\n',
    'node_modules/target-acme/package.json': JSON.stringify({
      name: 'target-acme',
      type: 'module',
      bin: './target.js',
    }),
    'node_modules/target-acme/target.js': program,
  });
  await chmod(join(project.folder, 'node_modules/@acme/tap-shell/bin/shell'), 0o755);
  const options: ProgramOptions = { cwd: project.folder };
  return { ...project, options, [Symbol.asyncDispose]: () => project[Symbol.asyncDispose]() };
}

it('starts the programs of connectors that the project has from npm', async () => {
  await using project = await npmProject();
  const about = await meltanoOk(['invoke', 'tap-acme', '--about'], project.options);
  expect(about.stdout).toContain('program of tap-acme: --config --about');
  const shell = await meltanoOk(['invoke', 'tap-shell', '--version'], project.options);
  expect(shell.stdout).toMatch(/^program of the shell: .*--version/m);
  const tested = await meltanoOk(['config', 'test', 'target-acme'], project.options);
  expect(tested.stdout).toContain('Plugin configuration is valid');
});

it('says that such a connector is installed, not that it is built in', async () => {
  await using project = await npmProject();
  const { stderr } = await meltanoOk(['install', 'tap-acme'], project.options);
  expect(stderr).toContain(
    "Plugin 'tap-acme' does not require installation: its npm package tap-acme is installed",
  );
});

it('never advises to fetch a package by its bare name that package.json lists', async () => {
  await using project = await npmProject();
  await rm(join(project.folder, 'node_modules'), { recursive: true });
  const said = async (...args: readonly string[]) => (await meltano(args, project.options)).stderr;
  for (const args of [
    ['invoke', 'tap-acme', '--about'],
    ['install', 'tap-acme'],
    ['config', 'test', 'tap-acme'],
  ]) {
    expect(await said(...args)).toMatch(/npm install(?! tap-acme)/);
    expect(await said(...args)).not.toContain('npm install tap-acme');
  }
  expect(await said('invoke', 'tap-shell', '--about')).toContain('npm install @acme/tap-shell');
});

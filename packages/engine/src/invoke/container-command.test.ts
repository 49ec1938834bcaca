import type { JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { testPlugin } from '../../test/support/plugins.ts';
import { containerCommand } from './container-command.ts';
import { findContainerSpec } from './container-spec.ts';

const plugin = (containerSpec: JsonObject) =>
  testPlugin({
    name: 'util',
    type: 'utilities',
    commands: { start: { args: 'start', containerSpec }, plain: { args: '' } },
  });

const containerSpecOf = (spec: JsonObject) => {
  const found = findContainerSpec(plugin(spec), 'start');
  if (found === undefined) throw new Error('there is no container');
  return found;
};

const start = { name: 'c1', terminal: false, envFile: '/run/env' };

test('everything a specification can say', () => {
  const spec = containerSpecOf({
    image: 'registry.example/image:1',
    command: `serve 'two words' $RAW`,
    entrypoint: '/entry',
    ports: { '8080': '80/tcp', '9000': 9000 },
    volumes: ['$ROOT/data:/data', '${SUB}:/sub:ro'],
    env: { SUB: 'named', COUNT: 3, OPEN: true },
  });
  const command = containerCommand(spec, { ...start, env: { ROOT: '/project', TOKEN: 'hidden' } });
  expect(command.args).toEqual([
    'run',
    '--rm',
    '-i',
    '--name=c1',
    '--entrypoint=/entry',
    '--env=ROOT',
    '--env=TOKEN',
    '--env=SUB',
    '--env=COUNT',
    '--env=OPEN',
    '--publish=0.0.0.0:8080:80/tcp',
    '--publish=0.0.0.0:9000:9000',
    '--volume=/project/data:/data',
    '--volume=named:/sub:ro',
    'registry.example/image:1',
    'serve',
    'two words',
    '$RAW',
  ]);
  expect(command.env).toEqual({ ROOT: '/project', TOKEN: 'hidden', SUB: 'named', COUNT: '3', OPEN: 'True' });
  expect(command.fileVariables).toEqual({});
});

test('an image is enough; at a terminal the container gets one', () => {
  const command = containerCommand(containerSpecOf({ image: 'i' }), { ...start, terminal: true, env: {} });
  expect(command.args).toEqual(['run', '--rm', '-it', '--name=c1', 'i']);
});

test('the container program keeps its own variables, the container gets only those of its specification', () => {
  const spec = containerSpecOf({ image: 'i', env: { PATH: '/opt/bin', DOCKER_HOST: 'inner' } });
  const env = { PATH: '/bin', HOME: '/me', DOCKER_HOST: 'outer', CONTAINER_NAME: 'mine' };
  const command = containerCommand(spec, { ...start, env });
  expect(command.args).toEqual([
    'run',
    '--rm',
    '-i',
    '--name=c1',
    '--env-file=/run/env',
    '--env=CONTAINER_NAME',
    'i',
  ]);
  expect(command.env).toEqual(env);
  expect(command.fileVariables).toEqual({ PATH: '/opt/bin', DOCKER_HOST: 'inner' });
});

test.each([
  [{}, /^The `container_spec` of 'util:start' cannot be used: `image` is missing$/],
  [{ image: '--privileged' }, /`image` must be the name of an image$/],
  [{ image: 'i', command: ['a'] }, /`command` must be a text$/],
  [{ image: 'i', volumes: 'a:b' }, /`volumes` must be a list of texts$/],
  [{ image: 'i', ports: ['80:80'] }, /`ports` must be a mapping$/],
])('%j is refused', (spec, complaint) => {
  expect(() => containerSpecOf(spec)).toThrow(complaint);
});

test('a command without a specification has no container, one that is not there is an error', () => {
  expect(findContainerSpec(plugin({ image: 'i' }), 'plain')).toBeUndefined();
  expect(findContainerSpec(plugin({ image: 'i' }), undefined)).toBeUndefined();
  expect(() => findContainerSpec(plugin({ image: 'i' }), 'none')).toThrow(
    /^Command 'none' could not be found/,
  );
});

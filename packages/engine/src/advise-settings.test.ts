import { defineConfig } from '@meltano/sdk/config/config';
import { setting } from '@meltano/sdk/config/setting';
import { expect, test } from 'vitest';
import { adviseSettings } from './advise-settings.ts';

const config = defineConfig({
  api_key: setting.secret({ label: 'Key', description: 'A key.', required: true }),
  limit: setting.integer({ label: 'Limit', description: 'How many.' }),
});

function thrown(given: Parameters<typeof config.parse>[0]): unknown {
  try {
    return config.parse(given);
  } catch (error) {
    return error;
  }
}

test('settings that are missing or wrong are set by the name that the plugin has in the project', () => {
  const error = thrown({ limit: 'many' });
  expect(adviseSettings(error, 'tap-projects')).toMatchObject({
    code: 'config.invalid',
    message: (error as Error).message,
    hint: 'meltano config set tap-projects api_key <value>; meltano config set tap-projects limit <value>',
  });
});

test('any other error stays as it is', () => {
  const error = new Error('odd');
  expect(adviseSettings(error, 'tap-projects')).toBe(error);
});

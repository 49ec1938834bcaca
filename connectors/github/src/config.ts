import { defineConfig, setting } from '@meltano/sdk';

export const githubConfig = defineConfig({
  auth_token: setting.secret({
    label: 'Token',
    description: 'A personal access token, or one of an app. Without it GitHub allows 60 requests an hour.',
    aliases: ['access_token'],
  }),
  repositories: setting.array(
    { label: 'Repositories', description: 'Repositories to read, as owner/name.' },
    { items: { type: 'string', pattern: '^[^/\\s]+/[^/\\s]+$' } },
  ),
  organizations: setting.array({ label: 'Organizations', description: 'Read all repositories of these.' }),
  user_usernames: setting.array({ label: 'Users', description: 'Read all repositories that these own.' }),
  start_date: setting.date({ label: 'Start date', description: 'Read what was changed since then.' }),
  api_url: setting.string({
    label: 'API address',
    description: 'Another address than that of github.com: https://HOST/api/v3 for an Enterprise server.',
    default: 'https://api.github.com',
  }),
});

import { defineConfig, setting } from '@meltano/sdk';

export const linearConfig = defineConfig({
  auth_token: setting.secret({
    label: 'API key',
    description: 'A personal API key of Linear: lin_api_…',
    required: true,
  }),
  start_date: setting.date({ label: 'Start date', description: 'Read what was changed since then.' }),
  api_url: setting.string({
    label: 'API address',
    description: 'Address of the GraphQL API.',
    default: 'https://api.linear.app/graphql',
  }),
});

import { defineConfig, setting } from '@meltano/sdk';

export const stripeConfig = defineConfig({
  client_secret: setting.secret({
    label: 'Secret key',
    description: 'A secret or restricted key of the Stripe account: sk_… or rk_…',
    required: true,
    aliases: ['api_key'],
  }),
  account_id: setting.string({
    label: 'Account',
    description: 'A connected account to read in place of the key’s own: acct_…',
  }),
  start_date: setting.date({ label: 'Start date', description: 'Read what was created since then.' }),
  lookback_window_days: setting.integer({
    label: 'Look-back window',
    description:
      'Stripe lists objects by the time they were created. What was created within so many days before the last run is read again, to see its changes.',
    default: 0,
  }),
  api_url: setting.string({
    label: 'API address',
    description: 'Address of the API, for tests.',
    default: 'https://api.stripe.com',
    hidden: true,
  }),
});

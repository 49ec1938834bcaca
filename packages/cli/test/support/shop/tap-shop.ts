import { defineConfig, defineStream, defineTap, hostConnector, s } from '@meltano/sdk';

interface Order {
  readonly region: string;
  readonly id: number;
  readonly amount: number;
  readonly updated_at: string;
}

const rows = JSON.parse(process.env['TAP_SHOP_ROWS'] ?? '[]') as readonly Order[];

/** The twin of `tap_shop.py`. */
const tapShop = defineTap({
  name: 'tap-shop',
  label: 'Shop',
  description: 'Orders by region',
  version: '0.1.0',
  config: defineConfig({}),
  streams: async () => [
    defineStream({
      name: 'orders',
      keys: ['region', 'id'],
      replicationKey: 'updated_at',
      sorted: true,
      partitions: [{ region: 'north' }, { region: 'south' }],
      schema: s.object({
        region: s.string(),
        id: s.integer(),
        amount: s.number().nullable(),
        updated_at: s.dateTime().nullable(),
      }),
      records: ({ partition }) => rows.filter((row) => row.region === partition['region']),
    }),
  ],
});

await hostConnector(tapShop);

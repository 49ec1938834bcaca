export interface HubDefinition {
  /** In the plural, as in addresses and in `meltano.yml`. */
  readonly type: string;
  readonly definition: Readonly<Record<string, unknown>> & {
    readonly name: string;
    readonly variant: string;
  };
}

/** Of several variants the first one is the default. */
export const hubDefinitions: readonly HubDefinition[] = [
  {
    type: 'extractors',
    definition: {
      name: 'tap-shop',
      namespace: 'tap_shop',
      variant: 'acme',
      label: 'Shop',
      docs: 'https://hub.example.com/extractors/tap-shop--acme',
      repo: 'https://example.com/acme/tap-shop',
      pip_url: 'acme-tap-shop',
      executable: './tap.sh',
      description: 'Orders & customers of a “shop”',
      capabilities: ['catalog', 'discover', 'state'],
      settings_group_validation: [
        ['api_token', 'start_date'],
        ['api_token', 'username'],
      ],
      settings: [
        {
          name: 'api_token',
          kind: 'password',
          sensitive: true,
          label: 'API token',
          description: 'From the shop.',
        },
        { name: 'start_date', kind: 'date_iso8601', value: '2020-01-01T00:00:00Z' },
        { name: 'username' },
        { name: 'page.size', kind: 'integer', value: 100, aliases: ['page_size'], env: 'SHOP_PAGE_SIZE' },
        {
          name: 'mode',
          kind: 'options',
          value: 'fast',
          options: [
            { label: 'Fast', value: 'fast' },
            { label: 'Slow', value: 'slow' },
          ],
        },
      ],
      commands: { ping: { args: '--ping', description: 'Asks the shop' }, version: '--version' },
      select: ['orders.*', '!orders.secret'],
      metadata: { orders: { 'replication-method': 'INCREMENTAL' } },
      maintenance_status: 'active',
    },
  },
  {
    type: 'extractors',
    definition: {
      name: 'tap-shop',
      namespace: 'tap_shop',
      variant: 'other',
      label: 'Shop',
      repo: 'https://example.com/other/tap-shop',
      pip_url: 'other-tap-shop~=1.0',
      capabilities: ['properties', 'discover'],
      settings: [{ name: 'token', kind: 'string', sensitive: true }],
    },
  },
  {
    type: 'loaders',
    definition: {
      name: 'target-lake',
      namespace: 'target_lake',
      variant: 'acme',
      label: 'Lake',
      repo: 'https://example.com/acme/target-lake',
      pip_url: 'acme-target-lake',
      settings: [
        { name: 'path', value: 'out' },
        { name: 'default_target_schema', value: '$MELTANO_EXTRACT__LOAD_SCHEMA' },
      ],
      dialect: 'lake',
      target_schema: '$TARGET_LAKE_SCHEMA',
    },
  },
  {
    type: 'utilities',
    definition: {
      name: 'polish',
      namespace: 'polish',
      variant: 'acme',
      pip_url: 'polish',
      repo: 'https://example.com/acme/polish',
      commands: { shine: { args: 'shine --all', description: 'Shines' } },
      requires: { loaders: [{ name: 'target-lake', variant: 'acme' }] },
    },
  },
  {
    type: 'loaders',
    definition: {
      name: 'target-old',
      namespace: 'target_old',
      variant: 'acme',
      repo: 'https://example.com/acme/target-old',
      pip_url: 'acme-target-old',
      python: 'python3.9',
    },
  },
  {
    type: 'mappers',
    definition: {
      name: 'mapper-swap',
      namespace: 'mapper_swap',
      variant: 'acme',
      pip_url: 'mapper-swap',
      repo: 'https://example.com/acme/mapper-swap',
      settings: [{ name: 'swaps', kind: 'object' }],
    },
  },
];

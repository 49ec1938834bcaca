import {
  afterLastRecord,
  bearer,
  defineTap,
  perSecond,
  type RequestParams,
  type RestOptions,
  rest,
} from '@meltano/sdk';
import { stripeConfig } from './config.ts';
import * as schemas from './schemas.ts';

const day = 86_400_000;
/** Stripe lists the newest first, so progress is kept window by window. */
const windows = 30 * day;

/** A page begins after the last object of the one before. */
const list = {
  params: { limit: 100 },
  records: '$.data[*]',
  paginate: afterLastRecord({ from: 'id', param: 'starting_after', more: '$.has_more' }),
  keys: ['id'],
};

export const tapStripe = defineTap({
  name: 'tap-stripe',
  label: 'Stripe',
  description: 'Customers, subscriptions, invoices, payments and more from the Stripe API',
  version: '0.1.0',
  settingsGroups: [['client_secret']],
  definition: { keywords: ['api', 'native'] },
  config: stripeConfig,
  concurrency: 4,
  http: ({ config }) => ({
    baseUrl: config.api_url,
    auth: bearer(config.client_secret),
    headers: {
      'stripe-version': '2024-06-20',
      ...(config.account_id === undefined ? {} : { 'stripe-account': config.account_id }),
    },
    // What Stripe allows in test mode; a live account may do more.
    rateLimits: [perSecond(25)],
    // An object that somebody else is changing at this moment.
    onError: [{ status: [400, 409], body: /lock_timeout/, action: 'retry' }],
  }),
  streams: ({ config }) => {
    const created = <R>(path: string, schema: RestOptions<R>['schema'], params: RequestParams = {}) =>
      rest<R>({
        ...list,
        params: { ...list.params, ...params },
        path,
        schema,
        replicationKey: 'created',
        epoch: 'seconds',
        overlap: config.lookback_window_days * day,
        windows,
        since: { param: 'created[gte]', until: 'created[lt]' },
      });
    return {
      balance_transactions: created('/v1/balance_transactions', schemas.balanceTransaction),
      charges: created('/v1/charges', schemas.charge),
      customers: created('/v1/customers', schemas.customer),
      disputes: created('/v1/disputes', schemas.dispute),
      events: created('/v1/events', schemas.event),
      invoices: created('/v1/invoices', schemas.invoice),
      invoice_line_items: rest({
        ...list,
        path: '/v1/invoices/{invoice_id}/lines',
        parent: { stream: 'invoices', fields: { invoice_id: 'id' } },
        keys: ['invoice_id', 'id'],
        schema: schemas.invoiceLine,
      }),
      payment_intents: created('/v1/payment_intents', schemas.paymentIntent),
      payouts: created('/v1/payouts', schemas.payout),
      prices: created('/v1/prices', schemas.price),
      products: created('/v1/products', schemas.product),
      refunds: created('/v1/refunds', schemas.refund),
      // Stripe leaves out those that were cancelled unless they are asked for.
      subscriptions: created('/v1/subscriptions', schemas.subscription, { status: 'all' }),
    };
  },
});

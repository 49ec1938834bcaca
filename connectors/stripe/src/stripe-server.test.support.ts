import type { JsonObject } from '@meltano/foundation/json';
import { type ApiServer, type Received, type Reply, startApiServer } from '@meltano/sdk/testing/api-server';

export const origin = 'https://api.stripe.com';
/** Pages are small, whatever the client asks for, so that there are some. */
const pageSize = 2;

const seconds = (day: number) => Date.UTC(2024, 0, day) / 1_000;

function objects(
  prefix: string,
  object: string,
  count: number,
  more: (index: number) => JsonObject,
): readonly JsonObject[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${prefix}_${index + 1}`,
    object,
    created: seconds(index * 8 + 1),
    livemode: false,
    metadata: { order: String(index) },
    ...more(index),
  }));
}

const lists: Readonly<Record<string, readonly JsonObject[]>> = {
  customers: objects('cus', 'customer', 5, (index) => ({
    name: `Name ${index}`,
    email: 'a@example.com',
    address: { city: 'Oslo' },
    sources: {},
  })),
  charges: objects('ch', 'charge', 3, (index) => ({
    amount: 1_000 + index,
    currency: 'eur',
    paid: true,
    outcome: { type: 'authorized' },
  })),
  invoices: objects('in', 'invoice', 2, (index) => ({
    customer: 'cus_1',
    total: 500 * index,
    status: 'paid',
  })),
  payment_intents: objects('pi', 'payment_intent', 1, () => ({
    amount: 9,
    currency: 'jpy',
    payment_method_types: ['card'],
  })),
  balance_transactions: objects('txn', 'balance_transaction', 1, () => ({
    amount: 9,
    fee: 1,
    net: 8,
    exchange_rate: 1.0837,
  })),
  disputes: objects('dp', 'dispute', 1, () => ({ amount: 9, reason: 'fraudulent' })),
  events: objects('evt', 'event', 1, () => ({
    type: 'customer.created',
    data: { object: { id: 'cus_1' } },
    request: null,
  })),
  payouts: objects('po', 'payout', 1, () => ({ amount: 9, arrival_date: seconds(3) })),
  prices: objects('price', 'price', 1, () => ({
    unit_amount_decimal: '12.5',
    recurring: { interval: 'month', interval_count: 1 },
  })),
  products: objects('prod', 'product', 1, () => ({ name: 'Tea', active: true })),
  refunds: objects('re', 'refund', 1, () => ({ amount: 9, status: 'succeeded' })),
  subscriptions: objects('sub', 'subscription', 2, (index) => ({
    customer: 'cus_1',
    status: index === 0 ? 'active' : 'canceled',
    items: { data: [] },
  })),
};

const lines = (invoice: string): readonly JsonObject[] =>
  [1, 2, 3].map((n) => ({
    id: `il_${n}_${invoice}`,
    object: 'line_item',
    amount: n,
    currency: 'eur',
    period: { start: seconds(1), end: seconds(2) },
  }));

/**
 * A server that speaks Stripe's documented shapes: lists newest first with `has_more` and `starting_after`, filters
 * on `created`, cancelled subscriptions only when asked for, keys, connected accounts, locked objects and rate limits. Not a copy of Stripe: what tap-stripe needs.
 */
export function startStripeServer(): Promise<ApiServer> {
  const refused = new Set<string>();
  return startApiServer((request) => answer(request, refused));
}

function answer(request: Received, refused: Set<string>): Reply {
  const { headers, query, url } = request;
  if (headers.authorization !== 'Bearer sk_test_good') {
    return {
      status: 401,
      json: { error: { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_t****rong' } },
    };
  }
  if (headers['stripe-version'] === undefined)
    return { status: 400, json: { error: { message: 'no version' } } };
  const path = url.split('?')[0] ?? '';
  // Somebody else holds the object, once; and once there were too many requests.
  if (path === '/v1/charges' && !refused.has('lock')) {
    refused.add('lock');
    return {
      status: 400,
      json: { error: { code: 'lock_timeout', message: 'This object cannot be accessed right now.' } },
    };
  }
  if (path === '/v1/customers' && query.has('starting_after') && !refused.has('rate')) {
    refused.add('rate');
    return {
      status: 429,
      json: { error: { code: 'rate_limit', message: 'Too many requests hit the API too quickly.' } },
    };
  }
  const [, invoice] = /^\/v1\/invoices\/(in_\d+)\/lines$/.exec(path) ?? [];
  if (invoice !== undefined) return list(lines(invoice), query, path);
  const [, name = ''] = /^\/v1\/([a-z_]+)$/.exec(path) ?? [];
  const all = lists[name];
  if (all === undefined)
    return { status: 404, json: { error: { message: `Unrecognized request URL (GET: ${path}).` } } };
  const account = headers['stripe-account'];
  const own = account === undefined || account === 'acct_1' ? all.toReversed() : [];
  return list(
    own.filter(({ status }) => status !== 'canceled' || query.get('status') === 'all'),
    query,
    path,
  );
}

function list(all: readonly JsonObject[], query: URLSearchParams, url: string): Reply {
  const from = Number(query.get('created[gte]') ?? 0);
  const until = Number(query.get('created[lt]') ?? Number.POSITIVE_INFINITY);
  const found = all.filter(({ created = 0 }) => Number(created) >= from && Number(created) < until);
  const after = query.get('starting_after');
  const start = after === null ? 0 : found.findIndex(({ id }) => id === after) + 1;
  const data = found.slice(start, start + pageSize);
  return { json: { object: 'list', url, has_more: start + pageSize < found.length, data } };
}

import { s } from '@meltano/sdk';

/** Amounts are whole numbers of the currency's smallest unit. */
const money = s.nullable({ amount: s.integer(), currency: s.string() });

/** Free pairs of names and texts that belong to most objects. */
const metadata = s.json();

const base = {
  id: s.string(),
  created: s.integer(),
  ...s.nullable({ object: s.string(), livemode: s.boolean(), metadata }),
};

const address = s.object(
  s.nullable({
    line1: s.string(),
    line2: s.string(),
    postal_code: s.string(),
    city: s.string(),
    state: s.string(),
    country: s.string(),
  }),
);

export const customer = s.object({
  ...base,
  ...s.nullable({
    name: s.string(),
    email: s.string(),
    phone: s.string(),
    description: s.string(),
    address,
    balance: s.integer(),
    currency: s.string(),
    default_source: s.string(),
    delinquent: s.boolean(),
    invoice_prefix: s.string(),
    tax_exempt: s.string(),
    preferred_locales: s.array(s.string()),
    deleted: s.boolean(),
  }),
});

export const product = s.object({
  ...base,
  ...s.nullable({
    name: s.string(),
    active: s.boolean(),
    description: s.string(),
    default_price: s.string(),
    tax_code: s.string(),
    unit_label: s.string(),
    url: s.string(),
    updated: s.integer(),
  }),
});

export const price = s.object({
  ...base,
  ...s.nullable({
    active: s.boolean(),
    product: s.string(),
    currency: s.string(),
    nickname: s.string(),
    type: s.string(),
    billing_scheme: s.string(),
    unit_amount: s.integer(),
    unit_amount_decimal: s.string(),
    recurring: s.object(
      s.nullable({ interval: s.string(), interval_count: s.integer(), usage_type: s.string() }),
    ),
  }),
});

export const subscription = s.object({
  ...base,
  ...s.nullable({
    customer: s.string(),
    status: s.string(),
    start_date: s.integer(),
    current_period_start: s.integer(),
    current_period_end: s.integer(),
    cancel_at: s.integer(),
    cancel_at_period_end: s.boolean(),
    canceled_at: s.integer(),
    ended_at: s.integer(),
    trial_start: s.integer(),
    trial_end: s.integer(),
    collection_method: s.string(),
    currency: s.string(),
    latest_invoice: s.string(),
    default_payment_method: s.string(),
    items: s.json(),
  }),
});

export const invoice = s.object({
  ...base,
  ...s.nullable({
    customer: s.string(),
    subscription: s.string(),
    number: s.string(),
    status: s.string(),
    currency: s.string(),
    amount_due: s.integer(),
    amount_paid: s.integer(),
    amount_remaining: s.integer(),
    subtotal: s.integer(),
    total: s.integer(),
    tax: s.integer(),
    due_date: s.integer(),
    period_start: s.integer(),
    period_end: s.integer(),
    billing_reason: s.string(),
    collection_method: s.string(),
    hosted_invoice_url: s.string(),
    attempt_count: s.integer(),
    attempted: s.boolean(),
  }),
});

export const invoiceLine = s.object({
  id: s.string(),
  invoice_id: s.string(),
  ...money,
  ...s.nullable({
    description: s.string(),
    quantity: s.integer(),
    proration: s.boolean(),
    period: s.object(s.nullable({ start: s.integer(), end: s.integer() })),
    subscription: s.string(),
    type: s.string(),
    metadata,
  }),
});

const payment = {
  ...base,
  ...money,
  ...s.nullable({
    customer: s.string(),
    description: s.string(),
    status: s.string(),
    payment_method: s.string(),
  }),
};

export const charge = s.object({
  ...payment,
  ...s.nullable({
    amount_captured: s.integer(),
    amount_refunded: s.integer(),
    balance_transaction: s.string(),
    captured: s.boolean(),
    disputed: s.boolean(),
    failure_code: s.string(),
    failure_message: s.string(),
    invoice: s.string(),
    outcome: s.json(),
    paid: s.boolean(),
    payment_intent: s.string(),
    refunded: s.boolean(),
    receipt_email: s.string(),
    billing_details: s.json(),
  }),
});

export const paymentIntent = s.object({
  ...payment,
  ...s.nullable({
    amount_capturable: s.integer(),
    amount_received: s.integer(),
    canceled_at: s.integer(),
    cancellation_reason: s.string(),
    capture_method: s.string(),
    latest_charge: s.string(),
    invoice: s.string(),
    payment_method_types: s.array(s.string()),
  }),
});

export const refund = s.object({
  ...base,
  ...money,
  ...s.nullable({
    charge: s.string(),
    payment_intent: s.string(),
    balance_transaction: s.string(),
    reason: s.string(),
    receipt_number: s.string(),
    status: s.string(),
  }),
});

export const dispute = s.object({
  ...base,
  ...money,
  ...s.nullable({ charge: s.string(), payment_intent: s.string(), reason: s.string(), status: s.string() }),
});

export const balanceTransaction = s.object({
  ...base,
  ...money,
  ...s.nullable({
    available_on: s.integer(),
    description: s.string(),
    exchange_rate: s.number(),
    fee: s.integer(),
    fee_details: s.json(),
    net: s.integer(),
    reporting_category: s.string(),
    source: s.string(),
    status: s.string(),
    type: s.string(),
  }),
});

export const payout = s.object({
  ...base,
  ...money,
  ...s.nullable({
    arrival_date: s.integer(),
    automatic: s.boolean(),
    balance_transaction: s.string(),
    description: s.string(),
    destination: s.string(),
    failure_code: s.string(),
    method: s.string(),
    status: s.string(),
    type: s.string(),
  }),
});

export const event = s.object({
  ...base,
  ...s.nullable({
    type: s.string(),
    api_version: s.string(),
    account: s.string(),
    data: s.json(),
    pending_webhooks: s.integer(),
    request: s.json(),
  }),
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PracticeApi, practiceToken, startPracticeApi } from './practice-api.ts';

let api: PracticeApi;
beforeAll(async () => {
  api = await startPracticeApi(0);
});
afterAll(() => api.close());

async function get(path: string, token = practiceToken) {
  for (;;) {
    const response = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (response.status === 429) continue;
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
}

it('gives all customers in pages that lead to each other', async () => {
  const ids: unknown[] = [];
  for (let next: unknown = '/customers'; typeof next === 'string'; ) {
    const { body } = await get(next);
    ids.push(...(body['data'] as { id: number }[]).map(({ id }) => id));
    next = body['next'];
  }
  expect(ids).toEqual(Array.from({ length: 45 }, (_, index) => index + 1));
});

it('gives what has changed since a time, also on later pages', async () => {
  const { body } = await get('/customers?updated_since=2024-01-20T00:00:00Z');
  expect((body['data'] as { id: number }[])[0]?.id).toBe(20);
  expect(body['next']).toContain('updated_since=2024-01-20');
});

it('gives the invoices of one customer', async () => {
  const { body } = await get('/customers/5/invoices');
  expect(body['data']).toEqual([
    { id: 500, customer_id: 5, total: '37.50', paid: true },
    { id: 501, customer_id: 5, total: '38.50', paid: false },
  ]);
});

it('wants the token, and says what there is', async () => {
  expect((await get('/customers', 'wrong')).status).toBe(401);
  expect(await get('/orders')).toEqual({
    status: 404,
    body: { error: 'there are /customers and /customers/{id}/invoices' },
  });
});

it('now and then says that there were too many requests', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 25 }, async () => {
      const response = await fetch(`${api.url}/customers`, {
        headers: { authorization: `Bearer ${practiceToken}` },
      });
      return [response.status, response.headers.get('retry-after')];
    }),
  );
  expect(statuses.filter(([status]) => status === 429)).toEqual([[429, '1']]);
});

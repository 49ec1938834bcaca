import { expect, it } from 'vitest';
import { parentPath } from './parent-path.ts';

it.each([
  ['/orders/123/items', '/orders/{orders.id}/items'],
  ['/v2/orders/123/items', '/v2/orders/{orders.id}/items'],
  ['/a-b/6fa459ea-ee8a-4ca4-894e-db77e160355e/x/7/y', '/a-b/{a_b.id}/x/{x.id}/y'],
  ['/customers/cus_9s6XKzkNRiz8i3/cards', '/customers/{customers.id}/cards'],
  ['/orders/123', '/orders/123'],
  ['/users/me/items', '/users/me/items'],
  ['/2024/reports', '/2024/reports'],
])('%s is %s', (path, made) => {
  expect(parentPath(path).path).toBe(made);
});

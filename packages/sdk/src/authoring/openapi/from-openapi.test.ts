import { afterEach, describe, expect, it } from 'vitest';
import { type Author, createAuthor } from '../../../test/author.ts';

let author: Author | undefined;
afterEach(() => {
  author?.leave();
  author = undefined;
});

const openapi30 = `
openapi: 3.0.3
info: { title: Acme CRM API }
servers: [{ url: 'https://{region}.acme.example/v1/', variables: { region: { default: eu } } }]
security: [{ token: [] }]
paths:
  /users:
    get:
      parameters:
        - { name: cursor, in: query, schema: { type: string } }
        - { $ref: '#/components/parameters/Since' }
      responses:
        '200':
          content:
            application/json:
              schema:
                type: object
                properties:
                  data: { type: array, items: { $ref: '#/components/schemas/User' } }
                  meta: { type: object, properties: { next_cursor: { type: string, nullable: true } } }
  /users/{userId}:
    get: { responses: { '200': { content: { application/json: { schema: { $ref: '#/components/schemas/User' } } } } } }
  /users/{userId}/orders:
    parameters: [{ name: userId, in: path, required: true, schema: { type: integer } }]
    get:
      parameters:
        - { name: page, in: query, schema: { type: integer, minimum: 0 } }
        - { name: per_page, in: query, schema: { type: integer, maximum: 50 } }
      responses:
        2XX:
          content:
            application/vnd.acme+json:
              schema: { type: array, items: { $ref: '#/components/schemas/Order' } }
  /users/{user_id}/orders/{order_id}/lines:
    get:
      responses:
        '200':
          content: { application/json: { schema: { type: array, items: { type: object, properties: { sku: { type: string } } } } } }
  /reports/{year}/totals:
    get: { responses: { '200': { content: { application/json: { schema: { type: array, items: { type: object, properties: { id: { type: string } } } } } } } } }
  /reports/{year}/totals/{totalId}/details:
    get: { responses: { '200': { content: { application/json: { schema: { type: array, items: { type: object, properties: { id: { type: string } } } } } } } } }
  /users/{user_id}/orders/{order_id}/lines/{sku}: { get: { responses: { '200': { content: { application/json: { schema: { type: object } } } } } } }
  /old: { get: { deprecated: true, responses: {} } }
  /search:
    get:
      parameters: [{ name: q, in: query, required: true, schema: { type: string } }]
      responses: { '200': { content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/User' } } } } } }
  /status: { get: { responses: { '200': { content: { text/plain: {} } } } } }
  /two:
    get:
      responses:
        '200':
          content:
            application/json:
              schema:
                properties:
                  left: { type: array, items: { $ref: '#/components/schemas/User' } }
                  right: { type: array, items: { $ref: '#/components/schemas/User' } }
components:
  parameters:
    Since: { name: updated_since, in: query, schema: { type: string, format: date-time } }
  securitySchemes:
    key: { type: apiKey, in: header, name: x-key }
    token: { type: http, scheme: bearer }
  schemas:
    Entity: { type: object, properties: { id: { type: integer }, updated_at: { type: string, format: date-time } } }
    User:
      allOf:
        - { $ref: '#/components/schemas/Entity' }
        - type: object
          properties:
            name: { type: string, nullable: true }
            password: { type: string, writeOnly: true }
            manager: { allOf: [{ $ref: '#/components/schemas/User' }] }
            address: { type: object, properties: { city: { type: string }, geo-point: { type: array, items: { type: number } } } }
            contact: { oneOf: [{ type: string }, { type: integer }] }
    Order: { type: object, properties: { id: { type: string, format: uuid }, day: { type: string, format: date }, extra: { type: object } } }
`;

const text = async (document: string, ...args: readonly string[]) => {
  author = createAuthor({ files: { 'api.yaml': document } });
  const run = await author.run('from-openapi', 'api.yaml', ...args);
  expect(run.err).toBe('');
  return run.out;
};

describe('OpenAPI 3.0', () => {
  it('becomes streams, with parents, paging, keys and schemas', async () => {
    await text(openapi30);
    expect(author?.read('tap-acme-crm/src/generated-streams.ts')).toMatchSnapshot();
  });

  it('says what became no stream, and why', async () => {
    expect(
      await text(openapi30),
    ).toContain(`3 streams in tap-acme-crm/src/generated-streams.ts: users, orders, lines
To be added with partitions, since no list gives what their paths name:
  totals: year
  details: year
Left out:
  GET /old: it is deprecated
  GET /search: it needs the parameter "q"
  GET /status: its answer is not JSON, or not described
  GET /two: its answer holds several lists
  GET /users/{userId}: it reads one record
  GET /users/{user_id}/orders/{order_id}/lines/{sku}: it reads one record
`);
  });

  it('says what to do next where the tap is new, and not where it is there already', async () => {
    const next = 'npx meltano-sdk dev src/tap-acme-crm.ts --config config.json';
    expect(await text(openapi30)).toContain(`cd tap-acme-crm\n  npm install`);
    const again = await author?.run('from-openapi', 'api.yaml', '--folder', 'tap-acme-crm');
    expect([again?.code, again?.out.includes(next)]).toEqual([0, false]);
  });

  it.each([
    ['customer_id: { type: integer }', false],
    ['customerId: { type: integer }', false],
    ['buyer: { type: integer }', true],
  ])('a child whose records have %s gets the parent’s id besides: %s', async (property, isAdded) => {
    await text(`
openapi: 3.0.3
info: { title: Shop }
paths:
  /customers: { get: { responses: { '200': { content: { application/json: { schema: { type: array, items: { type: object, properties: { id: { type: integer } } } } } } } } } }
  /customers/{customerId}/orders: { get: { responses: { '200': { content: { application/json: { schema: { type: array, items: { type: object, properties: { id: { type: integer }, ${property} } } } } } } } } }
`);
    const made = author?.read('tap-shop/src/generated-streams.ts') ?? '';
    expect(made).toContain("path: '/customers/{customers.id}/orders'");
    expect(made.includes('customers_id')).toBe(isAdded);
  });

  it('takes the address and the authentication that the document asks for', async () => {
    await text(openapi30);
    const tap = author?.read('tap-acme-crm/src/tap-acme-crm.ts');
    expect(tap).toContain("default: 'https://eu.acme.example/v1',");
    expect(tap).toContain('auth: bearer(config.token),');
  });
});

describe('OpenAPI 3.1', () => {
  it('has lists of types, and alternatives with null', async () => {
    await text(`{
  "openapi": "3.1.0",
  "info": { "title": "Things" },
  "paths": { "/things": { "get": { "responses": { "200": {
    "headers": { "Link": {} },
    "content": { "application/json": { "schema": { "type": "array", "items": { "type": "object", "properties": {
      "uuid": { "type": "string", "format": "uuid" },
      "size": { "type": ["integer", "null"] },
      "either": { "type": ["integer", "string"] },
      "tag": { "anyOf": [{ "type": "boolean" }, { "type": "null" }] },
      "kind": { "enum": ["a", "b"] },
      "outside": { "$ref": "other.json#/x" }
    } } } } } } } } } }
}`);
    const streams = author?.read('tap-things/src/generated-streams.ts');
    expect(streams).toContain('paginate: linkHeader()');
    expect(streams).toContain("keys: ['uuid']");
    for (const line of ['size: s.integer()', 'either: s.json()', 'tag: s.boolean()', 'kind: s.string()'])
      expect(streams).toContain(line);
    expect(streams).toContain('outside: s.json() /* is not described here */');
  });
});

describe('Swagger 2.0', () => {
  it('has its parameters, answers, address and security in other places', async () => {
    await text(`
swagger: '2.0'
info: { title: Shop }
host: shop.example
basePath: /api
securityDefinitions:
  app: { type: oauth2, flow: application, tokenUrl: 'https://shop.example/token' }
paths:
  /items:
    get:
      parameters:
        - { name: offset, in: query, type: integer }
        - { name: limit, in: query, type: integer, default: 20 }
        - { name: view, in: query, required: true, type: string, enum: [full, short] }
      responses:
        200: { schema: { type: object, properties: { total: { type: integer }, items: { type: array, items: { $ref: '#/definitions/Item' } } } } }
definitions:
  Item: { properties: { item_id: { type: string } } }
`);
    const streams = author?.read('tap-shop/src/generated-streams.ts');
    expect(streams).toContain(
      "paginate: offsets({ param: 'offset', size: { param: 'limit', value: 20 }, total: '$.total' })",
    );
    expect(streams).toContain("params: { view: 'full' }");
    expect(streams).toContain("keys: ['item_id']");
    const tap = author?.read('tap-shop/src/tap-shop.ts');
    expect(tap).toContain("default: 'https://shop.example/api',");
    expect(tap).toContain('auth: oauthClientCredentials({');
    expect(tap).toContain("tokenUrl: 'https://shop.example/token',");
    expect(tap).not.toContain('refresh');
  });
});

const minimal = (security: string, more = '') => `
openapi: 3.0.0
info: { title: The X API v2 }
servers: [{ url: 'https://x.example' }]
paths:
  /rows:
    get:
      ${more}
      responses: { '200': { content: { application/json: { schema: { type: array, items: { properties: { id: { type: integer } } } } } } } }
components: { securitySchemes: { only: ${security} } }
`;

it.each([
  ['{ type: http, scheme: basic }', 'auth: basic(config.username, config.password),'],
  ['{ type: apiKey, in: query, name: api_key }', "auth: apiKey({ param: 'api_key' }, config.api_key),"],
  ['{ type: apiKey, in: header, name: X-Key }', "auth: apiKey({ header: 'X-Key' }, config.api_key),"],
  ['{ type: apiKey, in: header, name: Authorization }', 'auth: bearer(config.token),'],
  [
    '{ type: oauth2, flows: { authorizationCode: { tokenUrl: /oauth/token } } }',
    "tokenUrl: 'https://x.example/oauth/token',",
  ],
])('lets requests in by %s', async (scheme, code) => {
  await text(minimal(scheme));
  expect(author?.read('tap-x/src/tap-x.ts')).toContain(code);
});

it('says that it does not know a way to be let in', async () => {
  expect(await text(minimal('{ type: mutualTLS }'))).toContain('authentication: mutualTLS is not known');
  expect(author?.read('tap-x/src/tap-x.ts')).not.toContain('auth:');
});

it('writes only the streams anew, and leaves the rest to its author', async () => {
  await text(minimal('{ type: http, scheme: bearer }'), '--folder', 'here', '--name', 'acme');
  const all = author?.files() ?? [];
  expect(all).toContain('here/test/tap-acme.test.ts');
  const other = createAuthor({
    files: {
      'api.yaml': minimal('{}', 'parameters: [{ name: page, in: query, schema: { type: integer } }]'),
      'here/package.json': '{"name": "tap-acme"}',
      'here/src/tap-acme.ts': '// mine',
    },
  });
  try {
    expect((await other.run('from-openapi', 'api.yaml', '--folder', 'here')).code).toBe(0);
    expect(other.read('here/src/tap-acme.ts')).toBe('// mine');
    expect(other.read('here/src/generated-streams.ts')).toContain("pageNumbers({ param: 'page' })");
    expect(other.files()).toHaveLength(4);
  } finally {
    other.leave();
  }
});

it('leaves a folder alone that has something else in it', async () => {
  author = createAuthor({ files: { 'api.yaml': minimal('{}'), 'tap-x/notes.txt': 'mine' } });
  const run = await author.run('from-openapi', 'api.yaml');
  expect([run.code, run.err]).toEqual([1, expect.stringContaining('is not empty')]);
  expect(author.files()).toEqual(['api.yaml', 'tap-x/notes.txt']);
});

it.each([
  ['what is no document', 'a: 1', 1, 'This is no document of OpenAPI'],
  ['what is no YAML', 'a: [', 1, 'is neither JSON nor YAML'],
  ['a document without lists', 'openapi: 3.0.0\npaths: {}', 1, 'No operation of api.yaml lists objects'],
] as const)('refuses %s, and writes nothing', async (_, document, code, message) => {
  author = createAuthor({ files: { 'api.yaml': document } });
  const run = await author.run('from-openapi', 'api.yaml');
  expect([run.code, run.out]).toEqual([code, '']);
  expect(run.err).toContain(message);
  expect(author.files()).toEqual(['api.yaml']);
});

it('reads a document from an address, against which its own address counts', async () => {
  const document = minimal('{}').replace('https://x.example', '/v2');
  author = createAuthor({ fetch: async () => new Response(document) });
  const { code } = await author.run('from-openapi', 'https://y.example/docs/api.yaml?key=secret');
  expect(code).toBe(0);
  expect(author.read('tap-x/src/tap-x.ts')).toContain("default: 'https://y.example/v2',");
  expect(author.read('tap-x/src/generated-streams.ts')).not.toContain('secret');
});

it('says that an address cannot be read', async () => {
  author = createAuthor({ fetch: async () => new Response('', { status: 404 }) });
  const run = await author.run('from-openapi', 'https://y.example/api.yaml');
  expect([run.code, run.err]).toEqual([1, expect.stringContaining('HTTP 404')]);
});

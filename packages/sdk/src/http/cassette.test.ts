import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type CassetteOptions, openCassette } from './cassette.ts';

const folder = mkdtempSync(join(tmpdir(), 'cassette-'));
afterAll(() => rmSync(folder, { recursive: true }));

const origin = 'https://api.example.com';

/** Records what the given service answers to the requests. */
async function record(
  name: string,
  requests: readonly (readonly [string, RequestInit?])[],
  answers: readonly Response[],
  options: CassetteOptions = {},
): Promise<string> {
  const path = join(folder, 'new', `${name}.json`);
  const left = [...answers];
  const cassette = openCassette(path, {
    ...options,
    mode: 'record',
    live: async () => left.shift() ?? Response.error(),
  });
  for (const [url, init] of requests) await cassette.fetch(`${origin}${url}`, init);
  cassette.save();
  return path;
}

const replay = (path: string, options: CassetteOptions = {}) =>
  openCassette(path, { ...options, mode: 'replay' });

test('gives back what was recorded, in its order and from the first again', async () => {
  const path = await record(
    'order',
    [['/a'], ['/a'], ['/b']],
    [
      new Response('busy', {
        status: 429,
        headers: { 'retry-after': '3', date: 'today', 'set-cookie': 'x=y' },
      }),
      Response.json({ id: 1 }),
      new Response(null, { status: 204 }),
    ],
  );
  const { fetch } = replay(path);
  const seen = [];
  for (let turn = 0; turn < 3; turn += 1) seen.push(await fetch(`${origin}/a`));
  expect(seen.map(({ status }) => status)).toEqual([429, 200, 200]);
  expect(seen[0]?.headers.get('retry-after')).toBe('3');
  expect(await seen[1]?.json()).toEqual({ id: 1 });
  expect((await fetch(`${origin}/b`)).status).toBe(204);
  expect(readFileSync(path, 'utf8')).not.toMatch(/set-cookie|today/);
});

test.each([
  [
    'a failure that passed comes when it came, and at no other time',
    [200, 429, 200, 500, 200],
    8,
    [200, 200, 200],
  ],
  ['failures without more come in their order, and from the first again', [500, 503], 5, [500, 503, 500]],
])('%s', async (name, statuses, times, more) => {
  const path = await record(
    name,
    statuses.map(() => ['/a'] as const),
    statuses.map((status) => new Response('', { status })),
  );
  const { fetch } = replay(path);
  const seen: number[] = [];
  for (let turn = 0; turn < times; turn += 1) seen.push((await fetch(`${origin}/a`)).status);
  expect(seen).toEqual([...statuses, ...more]);
});

test('keeps the digits of numbers', async () => {
  const path = await record('digits', [['/a']], [new Response('{"n":12345678901234567890.10}')]);
  expect(await (await replay(path).fetch(`${origin}/a`)).text()).toBe('{"n":12345678901234567890.10}');
});

test('does not care for the order of parameters and members, nor for parameters that say nothing', async () => {
  const body = (text: string): RequestInit => ({ method: 'POST', body: text });
  const options = { ignoreParams: ['now'] };
  const path = await record(
    'match',
    [['/a?x=1&y=2&now=5', body('{"a":1,"b":[2]}')]],
    [Response.json(1)],
    options,
  );
  const { fetch } = replay(path, options);
  expect((await fetch(`${origin}/a?now=9&y=2&x=1`, body('{"b":[2],"a":1}'))).status).toBe(200);
});

test('fails for what was not recorded, and names the nearest that was', async () => {
  const path = await record('strict', [['/a?page=1'], ['/b']], [Response.json(1), Response.json(2)]);
  await expect(replay(path).fetch(`${origin}/a?page=2`)).rejects.toMatchObject({
    code: 'http.not_recorded',
    message: expect.stringContaining('the nearest that is: GET https://api.example.com/a?page=1 (page=1)'),
  });
  await expect(replay(join(folder, 'none.json')).fetch(`${origin}/a`)).rejects.toMatchObject({
    code: 'http.unusable_cassette',
    hint: expect.stringContaining('MELTANO_SDK_RECORD=1'),
  });
});

test('writes down no secret, wherever it stands, and finds requests with it again', async () => {
  const headers = { authorization: 'Bearer t0p/x', cookie: 'a=b' };
  const url = '/a?api_key=other&id=t0p%2Fx';
  const path = await record(
    'secrets',
    [[url, { method: 'POST', headers, body: '{"client_secret":"third","note":"t0p/x"}' }]],
    [Response.json({ access_token: 'fourth', next: `${origin}/a?token=fifth&page=2`, echo: 'is t0p/x' })],
    { secrets: ['t0p/x'] },
  );
  const text = readFileSync(path, 'utf8');
  for (const secret of ['t0p', 'other', 'third', 'fourth', 'fifth', 'Bearer', 'a=b'])
    expect(text).not.toContain(secret);
  expect(text).toContain('page=2');
  const { fetch } = replay(path, { secrets: ['t0p/x'] });
  const found = await fetch(`${origin}${url}`, {
    method: 'POST',
    body: '{"client_secret":"new","note":"t0p/x"}',
  });
  expect(await found.json()).toMatchObject({ echo: 'is (secret)' });
});

test('an aborted request is not answered', async () => {
  const path = await record('abort', [['/a']], [Response.json(1)]);
  await expect(
    replay(path).fetch(`${origin}/a`, { signal: AbortSignal.abort(new Error('stop')) }),
  ).rejects.toThrow('stop');
});

test('nothing is written when nothing was recorded', () => {
  const path = join(folder, 'kept.json');
  writeFileSync(path, 'kept');
  openCassette(path, { mode: 'record' }).save();
  expect(readFileSync(path, 'utf8')).toBe('kept');
});

describe('secrets', () => {
  const post = (body: string): RequestInit => ({ method: 'POST', body });
  const kept = async (
    requests: readonly (readonly [string, RequestInit?])[],
    answers: readonly Response[],
    options: CassetteOptions = {},
  ) => readFileSync(await record('kept', requests, answers, options), 'utf8');

  test.each<[string, string, CassetteOptions]>([
    ['the first member of a form', 'password=t0p&x=1', {}],
    ['a form that writes a space as +', 'x=t0p+t0p', { secrets: ['t0p t0p'] }],
    ['a form that escapes', 'x=t0p%2Ft0p', { secrets: ['t0p/t0p'] }],
    ['JSON that escapes', '{"x":"a","y":"{\\"z\\":\\"t0p\\\\\\"t0p\\"}"}', { secrets: ['t0p"t0p'] }],
    ['Base64', `{"x":"${Buffer.from('me:t0p-t0p-t0p').toString('base64')}"}`, { secrets: ['t0p-t0p-t0p'] }],
    ['a number', '{"password":70904}', {}],
    ['a list', '{"api_keys":["t0p"]}', {}],
    ['an object', '{"credentials":{"user":{"x":"t0p","n":70904}}}', {}],
    ['an address', '{"x":"https://me:t0p@example.com/"}', {}],
    ['the name of a member', '{"t0p":1}', { secrets: ['t0p'] }],
    ['a signed token', '{"x":"eyJhbGciOiJIUzI1NiJ9.e30.t0p"}', {}],
  ])('are not written down from %s, sent or answered', async (_, body, options) => {
    const text = await kept([['/a', post(body)]], [new Response(body)], options);
    expect(text).toContain('(secret)');
    expect(text).not.toMatch(/t0p|70904|bWU6dDBw/);
  });

  test.each(
    'id_token session_token sessionToken sid sig private_key passphrase pwd jwt bearer x-api-key api_keys apiToken X-Auth'.split(
      ' ',
    ),
  )('are what stands under %s', async (name) => {
    const answer = Response.json({ [name]: 't0p', list: [{ [name]: 't0p' }] });
    expect(await kept([[`/a?${name}=t0p`, post(`${name}=t0p`)]], [answer])).not.toContain('t0p');
  });

  test('that only a later answer tells are taken out of all, and replay finds what was made of them', async () => {
    const token = 'abc12345-def';
    const text = await record(
      'login',
      [[`/a/${token}`], ['/login', post('user=me')], [`/s/${token}/rows?t=${token}`]],
      [Response.json({ echo: token }), Response.json({ data: { session_token: token } }), Response.json([1])],
    );
    expect(readFileSync(text, 'utf8')).not.toContain(token);
    const { fetch } = replay(text);
    const login = (await (await fetch(`${origin}/login`, post('user=me'))).json()) as {
      data: { session_token: string };
    };
    const address = new URL(`${origin}/s/${login.data.session_token}/rows`);
    address.searchParams.append('t', login.data.session_token);
    expect(await (await fetch(address)).json()).toEqual([1]);
  });

  test('in headers that are not kept are taken out of what is', async () => {
    const init = { headers: { authorization: 'Bearer abc12345-def' } };
    const path = await record(
      'echo',
      [['/me/abc12345-def', init]],
      [Response.json({ echo: 'abc12345-def' })],
    );
    expect(readFileSync(path, 'utf8')).not.toContain('abc12345');
    const found = await replay(path).fetch(`${origin}/me/abc12345-def`, init);
    expect(await found.json()).toEqual({ echo: '(secret)' });
  });

  test('are not what only sounds like them: pages, words, ids that are told of', async () => {
    const answer = {
      key: 'PROJ-1',
      next_page_token: 'p2',
      sid: 'SM1',
      total_tokens: 5,
      author: 'me',
      tokenised: true,
    };
    const text = await kept([['/a?page_token=p1']], [Response.json(answer)], { shown: ['sid'] });
    expect(JSON.parse(text)).toMatchObject({
      exchanges: [{ request: { url: `${origin}/a?page_token=p1` }, response: { json: answer } }],
    });
  });

  test('of an older cassette are found all the same', async () => {
    const path = join(folder, 'old.json');
    const request = { method: 'POST', url: `${origin}/a`, body: 'pwd=t0p' };
    writeFileSync(
      path,
      JSON.stringify({ exchanges: [{ request, response: { status: 200, headers: {}, json: 1 } }] }),
    );
    expect((await replay(path).fetch(`${origin}/a`, post('pwd=new'))).status).toBe(200);
  });
});

test('keeps what an answer says in another charset', async () => {
  const headers = { 'content-type': 'application/json; charset=iso-8859-1' };
  const bytes = Buffer.from('{"name":"Zoë"}', 'latin1');
  const path = await record('charset', [['/a']], [new Response(bytes, { headers })]);
  const answer = await replay(path).fetch(`${origin}/a`);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await answer.json()).toEqual({ name: 'Zoë' });
});

import type { JsonObject } from '@meltano/foundation/json';

const text = (description: string): JsonObject => ({ type: 'string', description });
const count = (description: string): JsonObject => ({ type: 'integer', minimum: 1, description });
const flag = (description: string): JsonObject => ({ type: 'boolean', description });
const map = (description: string): JsonObject => ({ type: 'object', description });
const texts = (description: string): JsonObject => ({
  type: 'array',
  items: { type: 'string' },
  description,
});
const textMap = (description: string): JsonObject => ({
  type: 'object',
  additionalProperties: { type: 'string' },
  description,
});

function closed(properties: JsonObject, required: readonly string[] = [], more: JsonObject = {}): JsonObject {
  return { type: 'object', properties, required, additionalProperties: false, ...more };
}

/** One of the kinds of a thing that `type` chooses between. */
function kind(type: string, description: string, properties: JsonObject, required: readonly string[] = []) {
  return closed({ type: { const: type }, ...properties }, ['type', ...required], { description });
}

const client = {
  token_url: text('Where tokens are asked for.'),
  client_id: text('The client’s id.'),
  client_secret: text('The client’s secret.'),
  scope: text('Scopes, as the server wants them.'),
  extra: textMap('Further members of the token request, such as audience.'),
  credentials: { enum: ['body', 'basic'], description: 'Where id and secret go. Default: body.' },
  lifetime: count('Seconds that a token lasts when the answer does not say so.'),
};
const clientNeeds = ['token_url', 'client_id'];

const simpleAuth = [
  kind('none', 'Nothing is shown.', {}),
  kind(
    'bearer',
    'Authorization: Bearer <token>.',
    {
      token: text('The token.'),
      scheme: text('Another word than Bearer.'),
    },
    ['token'],
  ),
  kind(
    'basic',
    'User name and password.',
    {
      username: text('The user’s name.'),
      password: text('The password; it may be left out.'),
    },
    ['username'],
  ),
  kind(
    'api_key',
    'A key in a header, or in a query parameter.',
    {
      key: text('The key.'),
      header: text('Name of the header.'),
      param: text('Name of the query parameter.'),
      json: text('Name of the member of the JSON body.'),
      form: text('Name of the member of the form.'),
    },
    ['key'],
  ),
  kind('api_keys', 'Several keys, each in a header of its own.', { headers: textMap('Header → key.') }, [
    'headers',
  ]),
  kind('oauth_client_credentials', 'OAuth: the tap is a client of its own.', client, clientNeeds),
  kind(
    'oauth_refresh_token',
    'OAuth: a token that renews others. One that is replaced is kept.',
    {
      ...client,
      refresh_token: text('The refresh token.'),
    },
    [...clientNeeds, 'refresh_token'],
  ),
  kind(
    'oauth_password',
    'OAuth: a user’s name and password.',
    {
      ...client,
      username: text('The user’s name.'),
      password: text('The password.'),
    },
    [...clientNeeds, 'username', 'password'],
  ),
  kind(
    'oauth_jwt',
    'OAuth: a signed assertion (RS256).',
    {
      ...client,
      private_key: text('The key, as PEM.'),
      passphrase: text('What the key is locked with.'),
      subject: text('Whom the tap acts for.'),
      audience: text('Default: token_url.'),
    },
    [...clientNeeds, 'private_key'],
  ),
  kind(
    'oauth_device',
    'OAuth: a person opens an address and enters a code, once.',
    {
      ...client,
      device_url: text('Where the code is asked for.'),
    },
    [...clientNeeds, 'device_url'],
  ),
  kind(
    'jwt',
    'A token that the tap signs itself.',
    {
      key: text('The secret for HS…, the private key as PEM for RS… and ES….'),
      algorithm: {
        enum: ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384'],
        description: 'Default: HS256.',
      },
      encoded: flag('The secret is base64.'),
      claims: map('The members of the token beside iat, nbf and exp.'),
      headers: map('Members of the token’s header, such as kid.'),
      lifetime: count('Seconds that a token lasts. Default: 1200.'),
      scheme: text('Another word than Bearer.'),
    },
    ['key'],
  ),
];

const auth: JsonObject = {
  description: 'How the tap shows who it is.',
  oneOf: [
    ...simpleAuth,
    kind(
      'session',
      'A token that a request of its own gives.',
      {
        request: closed(
          {
            url: text('The whole address.'),
            method: { enum: ['GET', 'POST', 'PUT'], description: 'Default: POST.' },
            params: map('Query parameters.'),
            headers: map('Headers.'),
            json: { description: 'The body, as JSON.' },
            form: map('The body, as a form.'),
            auth: { description: 'How this request shows who it is.', oneOf: simpleAuth },
          },
          ['url'],
          { description: 'The request for the token.' },
        ),
        from: text('JSONPath of the token in the answer.'),
        header: text('Header that takes the token. Default: Authorization: Bearer.'),
        param: text('Or the query parameter that takes it.'),
        lifetime: count('Seconds that a token lasts. Default: until it is refused.'),
      },
      ['request', 'from'],
    ),
    kind(
      'select',
      'One of several ways, chosen by a setting.',
      {
        by: text('A template whose value names the way.'),
        from: {
          type: 'object',
          additionalProperties: { oneOf: simpleAuth },
          description: 'The ways by their names.',
        },
      },
      ['by', 'from'],
    ),
  ],
};

const retry = closed(
  {
    attempts: count('How often a request is sent at most. Default: 6.'),
    wait: {
      type: 'number',
      description: 'Seconds before the second try; doubled for each further one. Default: 1.',
    },
    max_wait: { type: 'number', description: 'Longest wait in seconds. Default: 300.' },
  },
  [],
  { description: 'How often and when a request is tried again.' },
);

const more = text('JSONPath of a value that says whether there is more.');
const place = {
  param: text('The query parameter that takes it.'),
  header: text('The header that takes it.'),
  json: text('The member of the JSON body that takes it; dots lead into objects.'),
};
const size = closed(
  { param: text('The parameter of the page’s size.'), value: count('Records a page.') },
  ['param', 'value'],
  { description: 'The size of a page.' },
);
const inBody = { enum: ['json'], description: 'The numbers go into the JSON body instead of the address.' };

const exactSize = flag('The API fills its pages: one that is not full is the last.');

const paginate: JsonObject = {
  description: 'How the API is paged through. Without it all records come at once.',
  oneOf: [
    kind('single', 'All records come at once.', {}),
    kind('next_link', 'The body holds the next page’s address.', { path: text('Its JSONPath.') }, ['path']),
    kind('link_header', 'The header Link holds the next page’s address.', {}),
    kind('cursor', 'Each page holds a token for the next.', {
      from: text('JSONPath of the token.'),
      from_header: text('Or the response header that holds it.'),
      ...place,
      more,
    }),
    kind(
      'after_last_record',
      'The next page begins after the last record of this one.',
      {
        from: text('JSONPath in the record, such as id.'),
        ...place,
        more,
      },
      ['from'],
    ),
    kind(
      'page',
      'Pages are numbered.',
      {
        param: text('The parameter of the number.'),
        start: { type: 'integer', description: 'The first page’s number. Default: 1.' },
        size,
        pages: text('JSONPath of the number of pages.'),
        more,
        exact_size: exactSize,
        in: inBody,
      },
      ['param'],
    ),
    kind(
      'offset',
      'Pages begin at a number of records.',
      {
        param: text('The parameter of the offset.'),
        start: { type: 'integer', description: 'The first offset. Default: 0.' },
        size,
        total: text('JSONPath of the number of records.'),
        more,
        exact_size: exactSize,
        in: inBody,
      },
      ['param', 'size'],
    ),
    kind(
      'relay',
      'A GraphQL connection with pageInfo.',
      {
        page_info: text('JSONPath of pageInfo.'),
        variable: text('The variable that takes the cursor. Default: after.'),
      },
      ['page_info'],
    ),
    kind(
      'expression',
      'The next page is worked out by a template.',
      {
        next: text(
          'A template of body, headers, links, last_record, page_size, page and total; an empty value ends the stream.',
        ),
        stop: text('A template; a true value ends the stream.'),
        ...place,
        form: text('The member of the form that takes it.'),
        url: flag('The value is the next page’s address, or its path.'),
        first: map('Query parameters of the first request only.'),
        with: closed(
          {
            params: map('Query parameters.'),
            headers: map('Headers.'),
            json: map('Members of the JSON body.'),
            form: map('Members of the form.'),
          },
          [],
          { description: 'What every request has: templates of token, which is null for the first.' },
        ),
      },
      ['next'],
    ),
  ],
};

const status = { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^[1-5]xx$' }] };

const errorRule = closed(
  {
    status: {
      anyOf: [...status.anyOf, { type: 'array', items: status }],
      description: 'Statuses such as 404 or 4xx. Default: all of 400 and above.',
    },
    body: text('A regular expression that the body must match.'),
    action: {
      enum: ['retry', 'refresh', 'skip', 'stop', 'fail', 'accept'],
      description:
        'retry: wait and send again; refresh: renew the credentials; skip: go on with the next partition; stop: end the stream; fail: end with an error; accept: take it as a page.',
    },
    message: text('What the answer means.'),
    hint: text('What a person should do about it.'),
    wait: { type: 'number', description: 'Seconds until the next try.' },
    wait_header: text('The response header that holds the seconds to wait.'),
    wait_pattern: text('A regular expression that finds them in it; its first group counts.'),
    wait_until_header: text('The response header that holds the moment to wait for, in seconds since 1970.'),
    when: text('A template of body and headers that must be true.'),
  },
  ['action'],
);
const errorRules = (description: string): JsonObject => ({ type: 'array', items: errorRule, description });

const parent = closed(
  {
    stream: text('Name of the parent.'),
    fields: textMap('Member of the partition → JSONPath in the parent’s record.'),
    extra: textMap(
      'Further members of the partition → JSONPath; null where the record lacks it. Leave them out of state_keys where they may change.',
    ),
    all_records: flag('All records of the parent are needed, not only those that are new.'),
  },
  ['stream', 'fields'],
);

const duration = (description: string): JsonObject => ({
  type: 'string',
  pattern: String.raw`^(\d+|\{\{.*\}\})(s|m|h|d|w)$`,
  description: `${description} A number, or a template of one, with s, m, h, d or w, such as 30d.`,
});

const transform = closed({
  set: text('The member to set; dots lead into objects.'),
  value: { description: 'What it is set to: a template of record, partition and config.' },
  remove: text(
    'The member to leave out; dots lead into objects, and * is each member of an object or each item of a list.',
  ),
  when: text('A template; the step is taken for records for which it is true.'),
  keys: { enum: ['lower', 'snake'], description: 'How the names of all members are written, at any depth.' },
  replace: text('A text in the names of all members, or a template of config.'),
  with: text('What stands in its place, or a template of config.'),
  flatten: {
    anyOf: [{ type: 'boolean' }, { type: 'string' }],
    description: 'Members of objects become members of the record: of this member, or of all (true).',
  },
});

const charset = text('How it is encoded, whatever the content type says, such as windows-1252.');
const character = (description: string): JsonObject => ({ type: 'string', pattern: '^.$', description });

const fileKinds = [
  kind('json', 'One value of JSON.', {
    charset,
    at: text('JSONPath of what counts as the body. Default: all of it.'),
  }),
  kind('json_lines', 'A value of JSON in each line.', { charset }),
  kind(
    'lines',
    'A record for each line that is not blank.',
    { as: text('The member that takes the line.'), charset },
    ['as'],
  ),
  kind('csv', 'A record for each row; fields that are missing are null, further ones fail the stream.', {
    delimiter: character('Stands between fields. Default: a comma.'),
    quote: character('Stands around fields. Default: a double quotation mark.'),
    escape: character('Takes the special meaning from the next character. Default: none.'),
    names: texts('The names of the columns, where there is no header. Default: the first row.'),
    nulls: texts('Texts that stand for null. Default: none, every field is a text.'),
    charset,
  }),
];

const decode: JsonObject = {
  description:
    'How answers are read that are not JSON, or have any size: lines and rows are read one by one, and records is about each of them.',
  oneOf: [
    ...fileKinds,
    kind(
      'gzip',
      'A file in gzip that the API sends as it is.',
      { of: { description: 'What is in the file.', oneOf: fileKinds } },
      ['of'],
    ),
  ],
};

const streamProperties: JsonObject = {
  url: text('Another address than that of the API.'),
  auth: { ...auth, description: 'Another way to show who the tap is than that of the API.' },
  retry,
  cost: count('How much of the rate limits a request takes. Default: 1.'),
  path: text(
    'Path below the API’s address. {member} is a member of the partition, {stream.field} a field of another stream’s record, which thereby becomes the parent. A template may use partition, start and end.',
  ),
  method: { enum: ['GET', 'POST', 'PUT', 'PATCH'], description: 'Default: GET.' },
  query: text('A GraphQL query; the stream is then read with POST.'),
  variables: map('The query’s variables.'),
  params: map('Query parameters; null leaves one out, a list repeats it.'),
  headers: map('Headers.'),
  json: { description: 'The body, as JSON.' },
  form: map('The body, as a form.'),
  text: text('The body as it is; name its type in headers.'),
  decode,
  records: text(
    'JSONPath of the records in a page, or of the list that holds them. Default: the items of a list, or the page itself.',
  ),
  absent_is_empty: flag(
    'The API leaves a member that the path of records names out where there are no records; otherwise an answer without it fails the stream.',
  ),
  paginate,
  schema: {
    anyOf: [{ type: 'object' }, { type: 'string' }],
    description:
      'The JSON Schema of a record, or a file with it. A file that is not there yet is written from the first page when the streams are discovered. Without it the schema is inferred for each discovery.',
  },
  infer_from: count('How many records a schema is inferred from. Default: 200.'),
  keys: texts('Properties that name a record.'),
  replication_key: text('The property whose greatest value is the bookmark.'),
  replication_format: {
    enum: ['date', 'date-time'],
    description: 'The replication key is a time, written so; for a schema that is inferred.',
  },
  sorted: flag('The records come in ascending order of the replication key.'),
  epoch: { enum: ['seconds', 'milliseconds'], description: 'The replication key counts since 1970.' },
  time_formats: texts(
    'How the replication key writes times where that is not RFC 3339: formats of strftime, such as %d/%m/%Y, and %s, %s_as_float, %ms, %epoch_microseconds. The first that fits counts.',
  ),
  overlap: duration('Read again what changed within this before the bookmark.'),
  windows: {
    type: 'string',
    pattern: String.raw`^(\d+|\{\{.*\}\})(s|m|h|d|w|mo)$`,
    description:
      'Read the time between the bookmark and now in spans of this length. A number, or a template of one, with s, m, h, d, w, or mo for months, such as 30d.',
  },
  granularity: duration(
    'The API takes ends to be part of a window: each but the last ends so much before the next begins.',
  ),
  start_when_whole: flag(
    'Read whole, too, the stream begins at its start and is read in its windows: for APIs that want to be told a time.',
  ),
  keep_older: flag(
    'Records older than the start are sent, too: for APIs that select by another time than the replication key.',
  ),
  start: text('A template of the time where incremental readings begin, in place of start_date.'),
  end: text('A template of the time where they end. Default: now.'),
  since: {
    anyOf: [
      { type: 'string' },
      closed({ param: text('Takes the start.'), until: text('Takes the end of a window.') }, ['param']),
    ],
    description:
      'The query parameter that takes the start of an incremental reading. In another format: a template of start in params.',
  },
  parent: {
    anyOf: [parent, { type: 'array', items: parent }],
    description: 'The stream is read once for each record of another.',
  },
  partitions: {
    anyOf: [{ type: 'array', items: { type: 'object' } }, { type: 'object' }],
    description:
      'The stream is read once for each of these: a list of objects, or members each with a list or a template of one, of which all combinations are read.',
  },
  combine: {
    type: 'array',
    items: { anyOf: [parent, { type: 'array', items: parent }] },
    description:
      'Further parents, each one or a list that is read in turn. The stream is read once for each combination of a record of each of them, of parent, and of partitions. Their fields are gathered before.',
  },
  state_keys: texts('Members of a partition that name its bookmark. Default: all.'),
  add: textMap('Properties to add: JSONPaths in the record.'),
  compute: map('Properties to add: templates of record, partition and config.'),
  remove: texts('Properties to leave out.'),
  rename: textMap('Property → its new name.'),
  where: text('A template; records for which it is not true are left out.'),
  where_last: flag('where sees records as they are shaped, not as they come.'),
  transform: {
    type: 'array',
    items: transform,
    description: 'Steps that shape a record, in this order, after compute and before remove.',
  },
  only_if: text('A template of config; where it is not true, the stream is not there.'),
  selected: flag('Whether the stream is read when nothing selects it. Default: yes.'),
  on_error: errorRules('Rules of this stream, before those of the API.'),
};

/** The format of manifests as JSON Schema, for editors and for the check. Published as `low-code.schema.json`. */
export const manifestSchema: JsonObject = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Low-code connector',
  description: 'A tap for an HTTP API. Texts may hold templates: {{ config.token }}.',
  ...closed(
    {
      $schema: text('The address of this schema, for editors.'),
      name: text('What the connector is called.'),
      api: closed(
        {
          url: text('Address that paths are appended to.'),
          headers: map('Headers of every request.'),
          params: map('Query parameters of every request.'),
          auth,
          rate_limits: {
            type: 'array',
            items: closed(
              {
                requests: count('So many requests …'),
                seconds: { type: 'number', description: '… in so many seconds.' },
              },
              ['requests', 'seconds'],
            ),
            description: 'What the API allows.',
          },
          concurrency: count('Requests in flight at a time. Default: 8.'),
          timeout: {
            type: 'number',
            exclusiveMinimum: 0,
            description: 'Seconds until a request is given up. Default: 300.',
          },
          charset: text(
            'How answers are encoded, such as windows-1252. Default: as their content type says, or utf-8.',
          ),
          invalid_bytes: {
            enum: ['fail', 'replace'],
            description:
              'What becomes of bytes that the charset does not have: replace makes each U+FFFD. Default: fail.',
          },
          retry,
          on_error: errorRules('What to do with answers of certain kinds; the first that fits decides.'),
        },
        ['url'],
        { description: 'How the API is reached.' },
      ),
      concurrency: count('How many streams and partitions are read at a time. Default: 1.'),
      on_stream_error: {
        enum: ['stop', 'continue'],
        description: 'Whether the other streams go on when one has failed. Default: stop.',
      },
      defaults: closed(streamProperties, [], {
        description: 'What every stream has unless it says otherwise.',
      }),
      streams: {
        type: 'object',
        additionalProperties: closed(streamProperties),
        description: 'The streams by their names.',
      },
      stream_templates: {
        type: 'array',
        items: closed(
          {
            for_each: {
              anyOf: [
                { type: 'string' },
                { type: 'array' },
                closed({ stream: text('The stream that is read for them.') }, ['stream']),
              ],
              description:
                'What a stream is made for: a template of a list, values or templates of them, or the records of a stream. Its name is each.',
            },
            name: text('The name of the stream that is made: a template of each.'),
            stream: closed(streamProperties, [], {
              description: 'The stream; all of its texts may be templates of each.',
            }),
          },
          ['for_each', 'name', 'stream'],
        ),
        description: 'Streams that settings or the API tell of: one for each of some things.',
      },
    },
    ['api', 'streams'],
  ),
};

// What an author of connectors writes with; every name can also be imported from its own file.

export { parseJson } from '@meltano/foundation/json';
export { defineConfig } from './config/config.ts';
export { setting } from './config/setting.ts';
export type { ConnectorContext, Mapper, RecordItem, Tap, Target, TokenStore } from './connector.ts';
export { type ConvertText, textConverter } from './file/convert-text.ts';
export { type ContentProblem, contentError } from './file/errors.ts';
export type { FileEntry } from './file/file-entry.ts';
export type { FileContext, FileFormat, FileReadContext, FileRecords } from './file/file-format.ts';
export { type FileTapDefinition, fileTap } from './file/file-tap.ts';
export type { FileLine, OpenFile, SourceFile } from './file/source-file.ts';
export { hostConnector } from './host/host-connector.ts';
export { type ApiClient, type ApiRequest, apiClient } from './http/api-client.ts';
export type { AuthContext, Authenticator, RenewableAuthenticator } from './http/auth/authenticator.ts';
export {
  type OAuthOptions,
  oauthClientCredentials,
  oauthDevice,
  oauthJwt,
  oauthPassword,
  oauthRefreshToken,
} from './http/auth/oauth.ts';
export { apiKey, basic, bearer } from './http/auth/static.ts';
export { type CsvOptions, csvRows } from './http/decode/csv-rows.ts';
export type { BodyFacts, Decoder } from './http/decode/decoder.ts';
export { gzipped } from './http/decode/gzipped.ts';
export { type JsonDocumentOptions, jsonDocument } from './http/decode/json-document.ts';
export { type JsonLinesOptions, jsonLines } from './http/decode/json-lines.ts';
export { textLines } from './http/decode/text-lines.ts';
export type { ErrorAction, ErrorRule, RetryOptions } from './http/error-policy.ts';
export { type GraphqlOptions, graphql } from './http/graphql.ts';
export type { DecodedValues, HttpRequest, HttpResponse, RequestParams } from './http/http-message.ts';
export type { HttpOptions } from './http/http-options.ts';
export { jsonPath } from './http/json-path.ts';
export {
  afterLastRecord,
  cursorPages,
  linkHeader,
  nextLink,
  offsets,
  type Page,
  type PageRequest,
  type Paginator,
  pageNumbers,
  relayPages,
  singlePage,
} from './http/paginate.ts';
export { perHour, perMinute, perSecond, type RateLimit } from './http/rate-limit.ts';
export { type RestOptions, rest } from './http/rest.ts';
export { defineMapper, type MapperDefinition } from './mapper/define-mapper.ts';
export { type Infer, type Schema, s } from './schema/schema.ts';
export type { ColumnKind } from './sql/column-kind.ts';
export {
  quotedTable,
  type SqlColumn,
  type SqlConnection,
  type SqlDialect,
  type TableName,
} from './sql/dialect.ts';
export type { SqlValue } from './sql/encode.ts';
export type { SqlLoadOptions } from './sql/load-options.ts';
export { loadOptions, loadSettings } from './sql/load-settings.ts';
export { derivedNameOf } from './sql/names.ts';
export { type SqlTargetDefinition, sqlTarget } from './sql/sql-target.ts';
export { valueText } from './sql/value-text.ts';
export {
  decimalSchema,
  type ReadOptions,
  type SourceColumn,
  type SourceTable,
  type SourceValue,
  type SqlQuery,
  type SqlSource,
  type SqlTapDialect,
} from './sql-tap/sql-source.ts';
export { type SqlTapDefinition, sqlTap } from './sql-tap/sql-tap.ts';
export { defineTap, type SourceContext, type TapDefinition, type TemplateSource } from './tap/define-tap.ts';
export {
  defineStream,
  type Stream,
  type StreamContext,
  type StreamDefinition,
  type StreamTemplate,
} from './tap/stream.ts';
export {
  type DestinationContext,
  defineTarget,
  type SinkTargetDefinition,
  type TargetDefinition,
} from './target/define-target.ts';
export { eachRecord, type Sink, type SinkBatch, type SinkStream } from './target/sink.ts';

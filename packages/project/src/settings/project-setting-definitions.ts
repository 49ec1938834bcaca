import type { JsonValue } from '@meltano/foundation/json';
import { parseSettingDefinition, type SettingDefinition, type SettingKind } from './setting-definition.ts';

interface Row {
  readonly kind?: SettingKind;
  readonly value?: JsonValue;
  readonly description: string;
  readonly options?: readonly string[];
  readonly envSpecific?: true;
  readonly sensitive?: true;
}

const local = { envSpecific: true } as const;
const secret = { kind: 'string', sensitive: true, envSpecific: true } as const;
const text = { kind: 'string', envSpecific: true } as const;

/** Meltano's own settings with their defaults. Source: recorded `config list meltano --all` of Meltano 4.4.1. */
const rows: Readonly<Record<string, Row>> = {
  default_environment: { description: 'Environment to use when a command names none' },
  send_anonymous_usage_stats: {
    kind: 'boolean',
    value: true,
    description: 'Whether usage statistics may be sent',
  },
  disable_tracking: { kind: 'boolean', description: 'Turns usage statistics off' },
  project_id: { description: 'Identity of the project in usage statistics' },
  database_uri: {
    value: 'sqlite:///$MELTANO_SYS_DIR_ROOT/meltano.db',
    ...local,
    description: 'Address of the system database, in the form of SQLAlchemy',
  },
  database_max_retries: {
    kind: 'integer',
    value: 3,
    description: 'Connection attempts to the system database after the first',
  },
  database_retry_timeout: {
    kind: 'integer',
    value: 5,
    description: 'Seconds between attempts to connect to the system database',
  },
  project_readonly: {
    kind: 'boolean',
    value: false,
    ...local,
    description: 'Refuse all changes of project files',
  },
  hub_api_root: { description: 'Address of the Hub API; overrides `hub_url`' },
  hub_url: { value: 'https://hub.meltano.com', description: 'Address of the Hub that knows the plugins' },
  hub_url_auth: { description: 'Value of the Authorization header for requests to the Hub' },
  'elt.buffer_size': {
    kind: 'integer',
    value: 104_857_600,
    description: 'Bytes kept between extractor and loader; the longest message that must be decoded',
  },
  python: { description: 'Python interpreter for plugins, a path or a name; a plugin can name its own' },
  auto_install: { kind: 'boolean', value: true, description: 'Install missing plugins before they are used' },
  'state_backend.uri': { value: 'systemdb', ...local, description: 'Where state is kept' },
  'state_backend.lock_timeout_seconds': {
    kind: 'integer',
    value: 10,
    ...local,
    description: 'Seconds after which a lock on a state id counts as abandoned',
  },
  'state_backend.lock_retry_seconds': {
    kind: 'integer',
    value: 1,
    ...local,
    description: 'Seconds between attempts to lock a state id',
  },
  'cli.log_level': {
    kind: 'options',
    options: ['debug', 'info', 'warning', 'error', 'critical', 'disabled'],
    value: 'info',
    ...local,
    description: 'How much is logged to the terminal',
  },
  'cli.log_config': { value: 'logging.yaml', description: 'File that configures logging' },
  'cli.log_format': {
    kind: 'options',
    options: ['colored', 'uncolored', 'json', 'key_value', 'plain'],
    value: 'colored',
    description: 'Form of log lines',
  },
  'cli.disable_version_check': {
    kind: 'boolean',
    value: false,
    description: 'Never ask whether a newer version exists',
  },
  'snowplow.collector_endpoints': {
    kind: 'array',
    value: ['https://sp.meltano.com'],
    description: 'Addresses of collectors of usage statistics',
  },
  'venv.backend': {
    kind: 'options',
    options: ['virtualenv', 'uv'],
    value: 'uv',
    description: 'What makes virtual environments',
  },
  // Ours: Meltano waits without end. Without a default, so that projects and plugins see nothing new.
  'run.grace_seconds': {
    kind: 'integer',
    description:
      'Seconds between asking a plugin to stop and killing it; when not set 30, and 5 in `preview`',
  },
  experimental: { kind: 'boolean', value: false, description: 'Allow experimental features' },
  'ff.strict_env_var_mode': {
    kind: 'boolean',
    value: false,
    description: 'Fail on references to variables that are not set',
  },
  'ff.plugin_locks_required': {
    kind: 'boolean',
    value: false,
    description: 'Accept plugins with a lock file only',
  },
  'state_backend.azure.connection_string': {
    ...secret,
    description: 'Connection string of Azure Blob Storage',
  },
  'state_backend.azure.storage_account_url': { ...text, description: 'Address of the Azure storage account' },
  'state_backend.gcs.application_credentials': {
    ...secret,
    description: 'Path of Google Cloud credentials (older name)',
  },
  'state_backend.gcs.application_credentials_json': {
    ...secret,
    description: 'Google Cloud credentials as JSON text',
  },
  'state_backend.gcs.application_credentials_path': {
    ...secret,
    description: 'Path of Google Cloud credentials',
  },
  'state_backend.s3.aws_access_key_id': { ...secret, description: 'AWS access key id' },
  'state_backend.s3.aws_secret_access_key': { ...secret, description: 'AWS secret access key' },
  'state_backend.s3.endpoint_url': { ...text, description: 'Address of an S3-compatible service' },
};

const optionLabels: Readonly<Record<string, string>> = {
  json: 'JSON',
  key_value: 'Key-Value',
  uv: 'uv',
  virtualenv: 'virtualenv',
};

function capitalised(value: string): string {
  return value.charAt(0).toUpperCase() + value.slice(1);
}

export const projectSettingDefinitions: readonly SettingDefinition[] = Object.entries(rows).map(
  ([name, row]) =>
    parseSettingDefinition({
      name,
      description: row.description,
      ...(row.kind !== undefined && { kind: row.kind }),
      ...(row.value !== undefined && { value: row.value }),
      ...(row.options !== undefined && {
        options: row.options.map((value) => ({ label: optionLabels[value] ?? capitalised(value), value })),
      }),
      ...(row.envSpecific && { env_specific: true }),
      ...(row.sensitive && { sensitive: true }),
    }),
);

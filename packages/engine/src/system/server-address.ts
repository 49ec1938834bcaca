/** A database server in the form of SQLAlchemy; what is undefined is the driver's to choose. */
export interface ServerAddress {
  readonly kind: 'postgresql' | 'mysql';
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** What stands after the question mark: options for Python's driver, many of which mean the same here. */
  readonly parameters: ReadonlyMap<string, string>;
}

const kinds: Readonly<Record<string, ServerAddress['kind']>> = {
  postgresql: 'postgresql',
  postgres: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mysql',
};

/** Undefined for a scheme that is neither PostgreSQL's nor MySQL's. */
export function serverKind(scheme: string): ServerAddress['kind'] | undefined {
  return kinds[scheme.toLowerCase()];
}

/**
 * Reads what stands behind `scheme://`, with the rules of SQLAlchemy: a password may hold any character but
 * `@`, name and password are percent-encoded, the database is not. Answers a reason when it cannot be read.
 */
export function parseServerAddress(kind: ServerAddress['kind'], rest: string): ServerAddress | string {
  const match =
    /^(?:([^:/@]*)(?::([^@]*))?@)?(?:\[([^\]/?]+)\]|([^/:?@]+))?(?::([^/?]*))?(?:\/([^?]*))?(?:\?(.*))?$/s.exec(
      rest,
    );
  if (match === null) return 'it is not user:password@host:port/database';
  const [, user, password, ipv6, name, portText, database, query = ''] = match;
  const parameters = new Map(new URLSearchParams(query));
  const port = portText || parameters.get('port');
  if (port !== undefined && !/^\d{1,5}$/.test(port)) return 'its port is not a number';
  const host = ipv6 ?? name ?? parameters.get('host') ?? parameters.get('unix_socket');
  if (host?.includes(',')) return 'it names several hosts';
  return {
    kind,
    host,
    port: port === undefined ? undefined : Number(port),
    user: decode(user) ?? parameters.get('user'),
    password: decode(password) ?? parameters.get('password'),
    database: database || (parameters.get('dbname') ?? parameters.get('database')),
    parameters,
  };
}

/** A percent sign that begins no escape stands for itself. */
function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address for a person: without the password and what comes after the database (Invariant 5). */
export function renderServerAddress({ kind, user, host, port, database }: ServerAddress): string {
  const who = user === undefined ? '' : `${user}@`;
  const place = host?.includes(':') ? `[${host}]` : (host ?? '');
  return `${kind}://${who}${place}${port === undefined ? '' : `:${port}`}/${database ?? ''}`;
}

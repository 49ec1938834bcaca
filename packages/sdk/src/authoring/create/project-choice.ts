import { authoringError } from '../errors.ts';

/** What a new connector is to be. */
export interface ProjectChoice {
  readonly kind: ConnectorKind;
  /** `tap-acme`, `target-acme`, `map-acme`: the name of the program, the plugin and the package. */
  readonly name: string;
  /** For people, e.g. `Acme`. */
  readonly label: string;
  readonly shape: Shape;
  readonly auth: Auth;
  readonly ci: boolean;
}

export const connectorKinds = ['tap', 'target', 'mapper'] as const;
export type ConnectorKind = (typeof connectorKinds)[number];

/** How a tap gets at its records. Targets and mappers have one shape. */
export const shapes = ['rest', 'graphql', 'custom'] as const;
export type Shape = (typeof shapes)[number];

/** How requests are let in. */
export const auths = ['bearer', 'basic', 'api-key', 'oauth', 'none'] as const;
export type Auth = (typeof auths)[number];

const prefixes: Readonly<Record<ConnectorKind, string>> = { tap: 'tap-', target: 'target-', mapper: 'map-' };

/** The name with the prefix of its kind; throws for what cannot be the name of a program and a package. */
export function connectorName(kind: ConnectorKind, text: string): string {
  const prefix = prefixes[kind];
  const name = text.trim().startsWith(prefix) ? text.trim() : `${prefix}${text.trim()}`;
  if (/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) && name.length > prefix.length) return name;
  throw authoringError('invalid_name', {
    message: `"${text}" cannot be the name of a ${kind}`,
    hint: `use small letters, digits and single hyphens, e.g. ${prefix}acme`,
  });
}

/** `tap-open-weather` → `Open Weather`. */
export function labelOf(kind: ConnectorKind, name: string): string {
  return name
    .slice(prefixes[kind].length)
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
}

/** `tap-open-weather` → `tapOpenWeather`. */
export function variableOf(name: string): string {
  return name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

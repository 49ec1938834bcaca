import type { JsonValue } from '@meltano/foundation/json';

/** Settings in the system database, as far as a workspace needs it; the system room implements it. */
export interface DatabaseSettings {
  /** Setting name → value. The namespace is `meltano`, or `<plugin type>.<plugin>.default`. */
  list(namespace: string): Promise<ReadonlyMap<string, JsonValue>>;
  set(namespace: string, name: string, value: JsonValue): Promise<void>;
  unset(namespace: string, name: string): Promise<boolean>;
  reset(namespace: string): Promise<number>;
}

import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/** The plugins of one type: name → its variants. */
export interface HubIndex {
  readonly entries: ReadonlyMap<string, HubEntry>;
  /** `cache`: the Hub was not reached and this is what it said earlier; `bundled`: only what travels with the program. */
  readonly source: 'hub' | 'cache' | 'bundled';
}

export interface HubEntry {
  readonly defaultVariant: string | undefined;
  /** Variant → where its definition is; undefined for one that travels with the program. */
  readonly variants: ReadonlyMap<string, string | undefined>;
  readonly logoUrl: string | undefined;
}

/** Undefined for what is no index. */
export function parseHubIndex(value: JsonValue): ReadonlyMap<string, HubEntry> | undefined {
  if (!isJsonObject(value)) return undefined;
  const entries = new Map<string, HubEntry>();
  for (const [name, entry] of Object.entries(value)) {
    if (isJsonObject(entry)) entries.set(name, parseEntry(entry));
  }
  return entries;
}

function parseEntry(entry: JsonObject): HubEntry {
  const variants = isJsonObject(entry['variants']) ? entry['variants'] : {};
  return {
    defaultVariant: textOrUndefined(entry['default_variant']),
    variants: new Map(
      Object.entries(variants).map(([variant, value]) => [
        variant,
        isJsonObject(value) ? textOrUndefined(value['ref']) : undefined,
      ]),
    ),
    logoUrl: textOrUndefined(entry['logo_url']),
  };
}

function textOrUndefined(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

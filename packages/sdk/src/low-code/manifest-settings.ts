import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { type Setting, setting } from '../config/setting.ts';
import { isCredential } from '../http/credentials.ts';
import { secretMembers } from './auth-of.ts';
import type { Manifest } from './manifest.ts';

const secret = /token|secret|passw(?:or)?d|passphrase|key/i;

/** The settings that templates name; what reaches credentials is secret, and what is called like one. */
export function settingsOf(manifest: Manifest): Readonly<Record<string, Setting<unknown>>> {
  const named = namedSettings(manifest);
  const startDate = { label: 'Start date', description: 'Where incremental streams begin.' };
  // A manifest of Airbyte may read it in a format of its own.
  const isRead = manifest.isImported === true && named.some(({ name }) => name === 'start_date');
  const settings: Record<string, Setting<unknown>> = {
    start_date: isRead ? setting.string(startDate) : setting.date(startDate),
    leave_out_unsupported: setting.boolean({
      label: 'Leave out what is not supported',
      description: 'Of a manifest of Airbyte, read the streams that can be taken whole.',
      default: false,
    }),
  };
  const secrets = secretNames(manifest as unknown as JsonObject);
  for (const { name, isObject } of named) {
    if (Object.hasOwn(settings, name)) continue;
    const facts = { label: name, description: `config.${name} of the manifest.` };
    settings[name] = isObject
      ? setting.object(facts)
      : secret.test(name) || secrets.has(name)
        ? setting.secret(facts)
        : setting.string(facts);
  }
  return settings;
}

interface NamedSetting {
  readonly name: string;
  /** Members of it are named, too. */
  readonly isObject: boolean;
}

/** A list is cast like what it is given as, so that only texts and objects are told apart. */
function namedSettings(manifest: Manifest): readonly NamedSetting[] {
  const { partitions: _, ...defaults } = manifest.defaults ?? {};
  const templates = (manifest.stream_templates ?? []).map(({ stream }) => stream);
  const streams = [...Object.values(manifest.streams), ...templates].map(
    ({ partitions: __, ...stream }) => stream,
  );
  return namedIn([manifest.api, defaults, streams] as unknown as JsonValue);
}

const used =
  /\bconfig(?:\.get\((?:\\"|')(\w+)(?:\\"|')|\.(?!get\b)(\w+)|\[(?:\\"|')(\w+)(?:\\"|')\])(\.\w+(?!\w*\()|\[)?/g;

/** Templates are found in the JSON, where a quotation mark has a backslash before it. */
function namedIn(value: JsonValue): readonly NamedSetting[] {
  const found = new Map<string, boolean>();
  for (const [, given, dotted, quoted, deeper] of JSON.stringify(value).matchAll(used)) {
    const name = given ?? dotted ?? quoted ?? '';
    found.set(name, (found.get(name) ?? false) || deeper !== undefined);
  }
  return [...found].map(([name, isObject]) => ({ name, isObject }));
}

/** Settings that stand where a credential does: in members of `auth`, in headers and parameters that tell of one. */
function secretNames(value: JsonValue, isAuth = false): ReadonlySet<string> {
  if (isJsonArray(value)) return new Set(value.flatMap((each: JsonValue) => [...secretNames(each, isAuth)]));
  if (!isJsonObject(value)) return new Set();
  return new Set(
    Object.entries(value).flatMap(([name, member]) => {
      if (isAuth && name === 'headers' && value['type'] === 'api_keys')
        return namedIn(member).map((each) => each.name);
      const isSecret = typeof member === 'string' && (isAuth ? secretMembers.has(name) : isCredential(name));
      return isSecret
        ? namedIn(member).map((each) => each.name)
        : [...secretNames(member, isAuth || name === 'auth')];
    }),
  );
}

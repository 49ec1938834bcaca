import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isJsonArray, type JsonObject } from '@meltano/foundation/json';
import { fail } from '../expression/failure.ts';
import type { Arguments } from '../expression/value/arguments.ts';
import { Callable, HostObject } from '../expression/value/callable.ts';
import { indexOf, numberOf } from '../expression/value/numbers.ts';
import { type Value } from '../expression/value/value.ts';
import { mapperError } from './errors.ts';
import type { MapConfig } from './map-settings.ts';

/** Not a dependency: whoever uses `fake` installs it. */
const packageName = '@faker-js/faker';

type Part = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** What is used of the package. */
interface Faker {
  seed(seed: number | readonly number[]): unknown;
  readonly [part: string]: unknown;
}

interface FakerPackage {
  readonly Faker: new (options: { readonly locale: readonly unknown[] }) => Faker;
  readonly allLocales: Readonly<Record<string, unknown>>;
}

/** `fake` for expressions; undefined when no expression uses it or the package is not installed. */
export async function loadFake(config: MapConfig): Promise<Value | undefined> {
  if (!JSON.stringify(config.stream_maps ?? {}).includes('fake')) return undefined;
  const found = await importFaker();
  return found && createFake(found, config.faker_config ?? {});
}

/** Beside this program, or in the folder in which it runs. */
async function importFaker(): Promise<FakerPackage | undefined> {
  const fromHere = () => import(packageName) as Promise<FakerPackage>;
  const fromFolder = () => {
    const path = createRequire(join(process.cwd(), 'package.json')).resolve(packageName);
    return import(pathToFileURL(path).href) as Promise<FakerPackage>;
  };
  for (const attempt of [fromHere, fromFolder]) {
    try {
      return await attempt();
    } catch {
      // The other place may have it.
    }
  }
  return undefined;
}

function createFake({ Faker, allLocales }: FakerPackage, { seed, locale }: JsonObject): Value {
  const faker = new Faker({ locale: localesOf(locale, allLocales) });
  if (seed !== undefined && seed !== null) faker.seed(seedOf(seed as Value));
  return new HostObject('fake', (name) => {
    if (name === 'seed_instance')
      return new Callable(name, (args) => {
        faker.seed(seedOf(args.one()));
        return null;
      });
    const make = makers[name];
    return make && new Callable(name, (args) => make(faker, args));
  });
}

/** What a locale does not have comes from English. */
function localesOf(
  locale: JsonObject[string] | undefined,
  all: FakerPackage['allLocales'],
): readonly unknown[] {
  const names = isJsonArray(locale) ? locale : typeof locale === 'string' ? [locale] : [];
  const chosen = names.map((name) => {
    const [language = '', country = ''] = String(name).split(/[_-]/);
    return all[`${language}_${country}`] ?? all[language] ?? throwUnknown(String(name));
  });
  return [...chosen, all['en'], all['base']].filter((each) => each !== undefined);
}

function throwUnknown(locale: string): never {
  throw mapperError('invalid_maps', {
    message: `faker_config.locale "${locale}" is not known to ${packageName}`,
    hint: 'use a locale such as en_US, de_DE or fr_FR',
  });
}

/** A seed of any value: the same value makes the same fakes. None makes others every time. */
function seedOf(value: Value): number | readonly number[] {
  if (value === null) return Math.floor(Math.random() * 2 ** 31);
  const number = numberOf(value);
  if (number?.type === 'int' && typeof number.value === 'number' && number.value >= 0) return number.value;
  return typeof value === 'string'
    ? Array.from(new TextEncoder().encode(value))
    : fail('TypeError', 'a seed is an int or a text');
}

function call(faker: Faker, path: string, ...args: readonly unknown[]): Value {
  const [part = '', method = ''] = path.split('.');
  const result = (faker[part] as Part | undefined)?.[method]?.(...args);
  return (result instanceof Date ? result.toISOString() : (result ?? null)) as Value;
}

const plain =
  (path: string, ...options: readonly unknown[]) =>
  (faker: Faker, args: Arguments) => {
    args.none();
    return call(faker, path, ...options);
  };

/** Methods by their names in Python's Faker. */
const makers: Readonly<Record<string, (faker: Faker, args: Arguments) => Value>> = {
  name: plain('person.fullName'),
  first_name: plain('person.firstName'),
  last_name: plain('person.lastName'),
  prefix: plain('person.prefix'),
  suffix: plain('person.suffix'),
  job: plain('person.jobTitle'),
  email: plain('internet.email'),
  safe_email: plain('internet.exampleEmail'),
  user_name: plain('internet.username'),
  password: plain('internet.password'),
  url: plain('internet.url'),
  domain_name: plain('internet.domainName'),
  ipv4: plain('internet.ipv4'),
  ipv6: plain('internet.ipv6'),
  mac_address: plain('internet.mac'),
  user_agent: plain('internet.userAgent'),
  phone_number: plain('phone.number'),
  company: plain('company.name'),
  catch_phrase: plain('company.catchPhrase'),
  street_address: plain('location.streetAddress'),
  address: plain('location.streetAddress', true),
  city: plain('location.city'),
  state: plain('location.state'),
  country: plain('location.country'),
  country_code: plain('location.countryCode'),
  postcode: plain('location.zipCode'),
  zipcode: plain('location.zipCode'),
  uuid4: plain('string.uuid'),
  iban: plain('finance.iban'),
  credit_card_number: plain('finance.creditCardNumber'),
  currency_code: plain('finance.currencyCode'),
  color_name: plain('color.human'),
  word: plain('lorem.word'),
  sentence: plain('lorem.sentence'),
  paragraph: plain('lorem.paragraph'),
  text: plain('lorem.text'),
  boolean: plain('datatype.boolean'),
  pybool: plain('datatype.boolean'),
  random_int(faker, args) {
    const [min, max] = args.bind('min?', 'max?');
    return call(faker, 'number.int', {
      min: min === undefined ? 0 : indexOf(min, 'min'),
      max: max === undefined ? 9999 : indexOf(max, 'max'),
    });
  },
  random_element(faker, args) {
    const [elements] = args.bind('elements');
    return Array.isArray(elements)
      ? call(faker, 'helpers.arrayElement', elements)
      : fail('TypeError', 'random_element() needs a list');
  },
  numerify(faker, args) {
    const [text] = args.bind('text?');
    return String(text ?? '###').replace(/#/g, () => String(call(faker, 'string.numeric')));
  },
};

import { type JinjaArguments, joined } from './jinja-arguments.ts';
import { listFilters } from './jinja-lists.ts';
import { Untranslatable } from './jinja-tokens.ts';

const usualFormat = '"%Y-%m-%dT%H:%M:%S.%f%z"';

type Call = (args: JinjaArguments) => string;

const [first, second] = [0, 1].map(
  (at) => (args: JinjaArguments, name: string) => args.positional[at] ?? args.named.get(name),
) as [
  (args: JinjaArguments, name: string) => string | undefined,
  (args: JinjaArguments, name: string) => string | undefined,
];

/** The functions that manifests of Airbyte may call, as expressions of the own format. */
const functions: Readonly<Record<string, Call>> = {
  now_utc: () => 'now()',
  today_utc: () => 'now().date()',
  today_with_timezone: () => 'now().date()',
  timestamp: (args) => `int(format_time(${joined(args)}, "%s"))`,
  str_to_datetime: (args) => `parse_time(${joined(args)})`,
  day_delta: (args) =>
    `format_time(days_ago(-(${first(args, 'num_days') ?? '0'})), ${second(args, 'format') ?? usualFormat})`,
  format_datetime: (args) => `format_time(${joined(args)})`,
  duration: (args) => `duration(${joined(args)})`,
  max: (args) => `max(${joined(args)})`,
  min: (args) => `min(${joined(args)})`,
  str: (args) => `str(${joined(args)})`,
  int: (args) => `int(${joined(args)})`,
  float: (args) => `float(${joined(args)})`,
  bool: (args) => `bool(${joined(args)})`,
  list: (args) => `list(${joined(args)})`,
  dict: (args) => `dict(${joined(args)})`,
};

/** The filters: what stands before the sign is the first argument. */
const filters: Readonly<Record<string, (value: string, args: JinjaArguments) => string>> = {
  default: (value, args) => `default(${joined(args, value)})`,
  d: (value, args) => `default(${joined(args, value)})`,
  int: (value, args) => `to_int(${joined(args, value)})`,
  float: (value) => `float(${value})`,
  string: (value) => `concat(${value})`,
  lower: (value) => `concat(${value}).lower()`,
  upper: (value) => `concat(${value}).upper()`,
  trim: (value) => `concat(${value}).strip()`,
  replace: (value, args) => `concat(${value}).replace(${joined(args)})`,
  length: (value) => `length(${value})`,
  count: (value) => `length(${value})`,
  join: (value, args) => `join(${joined(args, value)})`,
  list: (value) => `list(${value})`,
  first: (value) => `(${value})[0]`,
  last: (value) => `(${value})[-1]`,
  tojson: (value) => `to_json(${value})`,
  hash: (value, args) => `digest(${joined(args, value)})`,
  urlencode: (value) => `url_encode(${value})`,
  base64encode: (value) => `base64_encode(${value})`,
  base64decode: (value) => `base64_decode(${value})`,
  regex_search: (value, args) => `regex_search(${joined(args, value)})`,
  max: (value) => `max(${value})`,
  min: (value) => `min(${value})`,
};

const tests: Readonly<Record<string, (value: string) => string>> = {
  defined: (value) => `(${value} != None)`,
  undefined: (value) => `(${value} == None)`,
  none: (value) => `(${value} == None)`,
  None: (value) => `(${value} == None)`,
  string: (value) => `is_type(${value}, "string")`,
  number: (value) => `is_type(${value}, "number")`,
  mapping: (value) => `is_type(${value}, "object")`,
  iterable: (value) => `is_type(${value}, "array", "object", "string")`,
  sequence: (value) => `is_type(${value}, "array", "string")`,
  true: (value) => `(${value} == True)`,
  false: (value) => `(${value} == False)`,
};

export function callOf(name: string, args: JinjaArguments): string {
  return found(functions, name, 'function')(args);
}

export function filtered(value: string, name: string, args: JinjaArguments): string {
  const lists = Object.hasOwn(overLists, name) ? overLists[name] : undefined;
  return (lists ?? found(filters, name, 'filter'))(value, args);
}

export function tested(value: string, name: string): string {
  return found(tests, name, 'test')(value);
}

const overLists = listFilters({ filtered, tested });

function found<T>(table: Readonly<Record<string, T>>, name: string, kind: string): T {
  const made = Object.hasOwn(table, name) ? table[name] : undefined;
  if (made === undefined) throw new Untranslatable(`the ${kind} "${name}" is not available`);
  return made;
}

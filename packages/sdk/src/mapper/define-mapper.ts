import { AppError, errorMessage, isAppError } from '@meltano/foundation/errors';
import { type ConnectorFacts, connectorAbout } from '../about/connector-about.ts';
import type { Config, ConfigOf } from '../config/config.ts';
import type { Setting } from '../config/setting.ts';
import type { ConnectorContext, Mapper, OpenMapper, RecordItem } from '../connector.ts';
import { mapperError } from './errors.ts';
import { openMapping } from './open-mapping.ts';

/** What a mapper is given when it is opened; `config` is typed, cast and complete. */
export interface MappingContext<C> extends Omit<ConnectorContext, 'config'> {
  readonly config: C;
}

export interface MapperDefinition<S extends Readonly<Record<string, Setting<unknown>>>>
  extends ConnectorFacts {
  readonly config: Config<S>;
  open(context: MappingContext<ConfigOf<S>>): Promise<OpenMapper> | OpenMapper;
}

/**
 * Makes a mapper of settings and a function of items. Its own work is done first; stream maps and flattening, which
 * every connector has, follow.
 */
export function defineMapper<S extends Readonly<Record<string, Setting<unknown>>>>(
  definition: MapperDefinition<S>,
): Mapper {
  return {
    kind: 'mapper',
    about: connectorAbout(definition, definition.config, ['about']),
    async open(context) {
      const mapping = await openMapping(context);
      const own = await definition.open({ ...context, config: definition.config.parse(context.config) });
      const mapOwn = (item: RecordItem) => named(definition.name, item, () => own.map(item));
      return {
        async map(item) {
          if (mapping === undefined) return mapOwn(item);
          const items: RecordItem[] = [];
          for (const mapped of await mapOwn(item))
            items.push(...(await named(definition.name, mapped, () => mapping.map(mapped))));
          return items;
        },
        keepsRecords: (stream) =>
          own.keepsRecords?.(stream) === true && mapping?.keepsRecords(stream) !== false,
        async close() {
          mapping?.end();
          await own.close();
        },
      };
    },
  };
}

/** In one process with a tap a failure must not look like the tap's: it names the mapper and the stream. */
async function named<T>(mapper: string, item: RecordItem, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const stream = streamOf(item);
    const place = `Mapper ${mapper} failed${stream === undefined ? '' : ` for stream ${stream}`}`;
    const message = `${place}: ${errorMessage(cause)}`;
    const details = { mapper, ...(stream === undefined ? {} : { stream }) };
    if (!isAppError(cause)) throw mapperError('failed', { message, details, cause });
    const { code, category, hint, place: at } = cause;
    throw new AppError({
      code,
      category,
      message,
      hint,
      place: at,
      details: { ...cause.details, ...details },
      cause,
    });
  }
}

function streamOf(item: RecordItem): string | undefined {
  if (item.kind === 'state') return undefined;
  const stream = item.kind === 'other' ? item.body['stream'] : item.stream;
  return typeof stream === 'string' ? stream : undefined;
}

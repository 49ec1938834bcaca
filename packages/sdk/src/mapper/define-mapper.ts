import { type ConnectorFacts, connectorAbout } from '../about/connector-about.ts';
import type { Config, ConfigOf } from '../config/config.ts';
import type { Setting } from '../config/setting.ts';
import type { ConnectorContext, Mapper, OpenMapper, RecordItem } from '../connector.ts';
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
      if (mapping === undefined) return own;
      return {
        async map(item) {
          const items: RecordItem[] = [];
          for (const mapped of await own.map(item)) items.push(...mapping.map(mapped));
          return items;
        },
        close: () => own.close(),
      };
    },
  };
}

import { type ConnectorFacts, connectorAbout } from '../about/connector-about.ts';
import type { Config, ConfigOf } from '../config/config.ts';
import type { Setting } from '../config/setting.ts';
import type { ConnectorContext, OpenTarget, Target } from '../connector.ts';

/** What a target is given when it is opened; `config` is typed, cast and complete. */
export interface DestinationContext<C> extends Omit<ConnectorContext, 'config'> {
  readonly config: C;
}

export interface TargetDefinition<S extends Readonly<Record<string, Setting<unknown>>>>
  extends ConnectorFacts {
  readonly config: Config<S>;
  open(context: DestinationContext<ConfigOf<S>>): Promise<OpenTarget>;
}

/** Makes a target of settings and a loader. A database is declared with `sqlTarget` instead. */
export function defineTarget<S extends Readonly<Record<string, Setting<unknown>>>>(
  definition: TargetDefinition<S>,
): Target {
  return {
    kind: 'target',
    about: connectorAbout(definition, definition.config, ['about']),
    open: async (context) => definition.open({ ...context, config: definition.config.parse(context.config) }),
  };
}

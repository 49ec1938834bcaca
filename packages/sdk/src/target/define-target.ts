import { type ConnectorFacts, connectorAbout } from '../about/connector-about.ts';
import { readBatches } from '../batch/read-batches.ts';
import { type Config, type ConfigOf, defineConfig } from '../config/config.ts';
import type { Setting } from '../config/setting.ts';
import type { ConnectorContext, OpenTarget, SchemaItem, Target } from '../connector.ts';
import { assertWhole, isFromBeginning } from './assert-whole.ts';
import { loadSinks } from './load-sinks.ts';
import type { Sink, SinkStream } from './sink.ts';
import { sinkConfig, sinkSettings } from './sink-settings.ts';

/** What a target is given when it is opened; `config` is typed, cast and complete. */
export interface DestinationContext<C> extends Omit<ConnectorContext, 'config'> {
  readonly config: C;
}

type Settings = Readonly<Record<string, Setting<unknown>>>;

/** A target that reads the items itself. */
export interface TargetDefinition<S extends Settings> extends ConnectorFacts {
  readonly config: Config<S>;
  open(context: DestinationContext<ConfigOf<S>>): Promise<OpenTarget>;
}

/** A target that says what becomes of the records of one stream; all else is done for it. */
export interface SinkTargetDefinition<S extends Settings> extends ConnectorFacts {
  readonly config: Config<S>;
  /** Called at the first schema of a stream, and at each that differs from the one before. */
  sink(stream: SinkStream, context: DestinationContext<ConfigOf<S>>): Promise<Sink> | Sink;
  /** What is loaded takes the place of what was there: streams that bring only what is new are refused then. */
  replaces?(context: DestinationContext<ConfigOf<S>>): boolean;
}

/**
 * Makes a target of settings and either sinks, one per stream, or a loader. With sinks, schemas are tracked, records
 * are validated, keys are looked for, metadata is added when asked for, and states are acknowledged when they are
 * covered. A database is declared with `sqlTarget` instead.
 */
export function defineTarget<S extends Settings>(
  definition: TargetDefinition<S> | SinkTargetDefinition<S>,
): Target {
  if ('sink' in definition) return sinkTarget(definition);
  return {
    kind: 'target',
    about: connectorAbout(definition, definition.config, ['about']),
    open: async (context) => definition.open({ ...context, config: definition.config.parse(context.config) }),
  };
}

function sinkTarget<S extends Settings>(definition: SinkTargetDefinition<S>): Target {
  const config = defineConfig({ ...sinkSettings, ...definition.config.settings });
  return {
    kind: 'target',
    about: connectorAbout(definition, config, ['about', 'validate-records']),
    async open(context) {
      const own = { ...context, config: definition.config.parse(context.config) };
      const settings = sinkConfig.parse(context.config);
      const replaces = definition.replaces?.(own) === true && !isFromBeginning(context);
      const open = (stream: SinkStream, item: SchemaItem) => {
        if (replaces) assertWhole(item, incrementalHint);
        return definition.sink(stream, own);
      };
      return {
        accepts: ['record'],
        load: (items, options) => loadSinks(readBatches(items), options, { ...context, settings, open }),
        close: async () => {},
      };
    },
  };
}

const incrementalHint = 'read the stream with FULL_TABLE, append, or run with --full-refresh each time';

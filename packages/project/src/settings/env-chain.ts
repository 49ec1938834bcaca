import type { JsonValue } from '@meltano/foundation/json';
import { pythonText } from '@meltano/foundation/python-text';
import { expandText, referencedVariables } from './expand.ts';

type Variables = Readonly<Record<string, string>>;
type Written = Readonly<Record<string, JsonValue>>;

export interface EnvChainInput {
  /** Variables of this process, of the project (`MELTANO_PROJECT_ROOT`, …) and of `.env` below them. */
  readonly process: Variables;
  readonly root: Written;
  /** Known to all levels below the root: project settings, what earlier blocks export, info variables. */
  readonly generated: Variables;
  readonly environment: Written;
  readonly plugin: Written;
  readonly environmentPlugin: Written;
  readonly strict: boolean;
}

export interface EnvChain {
  readonly root: Variables;
  readonly environment: Variables;
  readonly plugin: Variables;
  readonly environmentPlugin: Variables;
}

/**
 * Expands the `env:` mappings of a project level by level, each against the level above it: process → root →
 * environment → plugin → environment's plugin (meltano-project §3.13). Null leaves a variable out.
 */
export function expandEnvChain(input: EnvChainInput): EnvChain {
  const { strict } = input;
  const root = expandEnv(input.root, input.process, strict);
  const above = { ...input.process, ...root, ...input.generated };
  const environment = expandEnv(input.environment, above, strict);
  const plugin = expandEnv(input.plugin, { ...above, ...environment }, strict);
  const environmentPlugin = expandEnv(
    input.environmentPlugin,
    { ...above, ...environment, ...plugin },
    strict,
  );
  return { root, environment, plugin, environmentPlugin };
}

/**
 * Expands one mapping. A reference to a neighbour gets what that one is expanded to, wherever it stands; one to
 * itself (`PATH: /x:$PATH`), or in a circle, gets the value of the level above.
 */
export function expandEnv(env: Written, variables: Variables, strict: boolean): Variables {
  return expandLevel(env, variables, strict ? 'error' : 'empty');
}

/** The same, but a reference to what none of the variables says stays as it is written. */
export function expandKnownEnv(env: Written, variables: Variables): Variables {
  return expandLevel(env, variables, 'keep');
}

function expandLevel(env: Written, variables: Variables, missing: 'empty' | 'error' | 'keep'): Variables {
  const done = new Map<string, string>();
  const expand = (name: string, value: JsonValue, open: ReadonlySet<string>): string => {
    const known = done.get(name);
    if (known !== undefined) return known;
    const text = pythonText(value);
    const inside = new Set([...open, name]);
    const neighbours = referencedVariables(text).flatMap((other) => {
      const neighbour = Object.hasOwn(env, other) ? (env[other] ?? null) : null;
      return neighbour === null || inside.has(other) ? [] : [[other, expand(other, neighbour, inside)]];
    });
    const expanded = expandText(text, {
      variables: { ...variables, ...Object.fromEntries(neighbours) },
      missing,
    });
    // What was met on the way round a circle is seen from there only.
    if (open.size === 0) done.set(name, expanded);
    return expanded;
  };
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === null ? [] : [[name, expand(name, value, new Set())]],
    ),
  );
}

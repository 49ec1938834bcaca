import { expect, it } from 'vitest';
import { renderRunCommand } from './run-command.ts';

const pair = { blocks: ['tap-a', 'target-b'], trigger: 'cli' } as const;

it('a plain run is its blocks', () => {
  const request = { ...pair, command: 'run', stateStrategy: 'auto', force: true, runId: 'x' } as const;
  expect(renderRunCommand(request, undefined)).toBe('meltano run tap-a target-b');
});

it('an environment that was chosen, and all that decides which state is meant', () => {
  const request = {
    ...pair,
    command: 'run',
    fullRefresh: true,
    refreshCatalog: true,
    noStateUpdate: true,
    stateIdSuffix: 'eu',
    stateStrategy: 'merge',
    timeoutSeconds: 5,
  } as const;
  expect(renderRunCommand(request, 'prod')).toBe(
    'meltano --environment=prod run --full-refresh --refresh-catalog --no-state-update --state-id-suffix=eu --state-strategy=merge --timeout=5 tap-a target-b',
  );
});

it('a pair with its state id, files and patterns, as words of a shell', () => {
  const request = {
    ...pair,
    command: 'el',
    stateId: "it's",
    catalog: 'my catalog.json',
    select: ['users', 'a*'],
    exclude: ['b'],
    transform: 'skip',
  } as const;
  expect(renderRunCommand(request, undefined)).toBe(
    "meltano el '--state-id=it'\\''s' '--catalog=my catalog.json' --select=users '--select=a*' --exclude=b tap-a target-b",
  );
});

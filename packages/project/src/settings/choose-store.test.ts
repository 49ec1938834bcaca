import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseStore, parseStoreChoice, type StoreSituation, writableStores } from './choose-store.ts';
import { parseSettingDefinition } from './setting-definition.ts';

test('names of stores, with either kind of dash', () => {
  expect(parseStoreChoice('meltano-yml')).toBe('meltano_yml');
  expect(parseStoreChoice('auto')).toBe('auto');
  expect(() => parseStoreChoice('inherited')).toThrow("Store 'inherited' is not writable");
  expect(() => parseStoreChoice('nope')).toThrow("'nope' is not a settings store");
});

const situation: fc.Arbitrary<StoreSituation> = fc.record({
  choice: fc.constantFrom('auto' as const, ...writableStores),
  definition: fc.constantFrom(
    undefined,
    ...[{}, { sensitive: true }, { env_specific: true }].map((more) =>
      parseSettingDefinition({ name: 's', ...more }),
    ),
  ),
  target: fc.constantFrom('plugin' as const, 'project' as const),
  readOnly: fc.boolean(),
  environment: fc.constantFrom('none' as const, 'default' as const, 'explicit' as const),
  hasDatabase: fc.boolean(),
});

function chosen(each: StoreSituation): string {
  try {
    return chooseStore(each);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('no choice breaks a promise', () => {
  fc.assert(
    fc.property(situation, (each) => {
      const store = chosen(each);
      const isYaml = store === 'meltano_yml' || store === 'meltano_environment';
      expect(each.readOnly && (isYaml || store === 'dotenv')).toBe(false);
      expect(each.choice === 'auto' && each.definition?.sensitive === true && isYaml).toBe(false);
      expect(
        store === 'meltano_environment' && (each.target === 'project' || each.environment === 'none'),
      ).toBe(false);
      expect(store === 'db' && !each.hasDatabase).toBe(false);
      expect(store === 'dotenv' && each.definition === undefined).toBe(false);
    }),
  );
});

import assert from 'node:assert/strict';
import type { Connector } from '../connector.ts';

/** Kinds of settings that Meltano 4.4.1 knows; it fails on any other. */
const kinds = new Set([
  'string',
  'integer',
  'boolean',
  'decimal',
  'date_iso8601',
  'email',
  'password',
  'oauth',
  'options',
  'file',
  'array',
  'object',
  'hidden',
]);

/** Throws when what a connector says about itself cannot become a Hub definition. */
export function assertAbout({ kind, about }: Connector): void {
  assert.match(
    about.name,
    kind === 'tap' ? /^tap-[a-z0-9-]+$/ : /^target-[a-z0-9-]+$/,
    `"${about.name}" is no name`,
  );
  assert.match(about.version, /^\d+\.\d+\.\d+/, `"${about.version}" is no version`);
  assert.notEqual(about.label, '', 'there is no label');
  assert.notEqual(about.description, '', 'there is no description');
  const names = about.settings.map((setting) => setting['name']);
  assert.equal(new Set(names).size, names.length, 'a setting is declared twice');
  for (const setting of about.settings) {
    const name = JSON.stringify(setting['name']);
    assert.ok(
      typeof setting['kind'] === 'string' && kinds.has(setting['kind']),
      `the kind of ${name} is not known`,
    );
    assert.ok(
      typeof setting['description'] === 'string' && setting['description'] !== '',
      `${name} is not described`,
    );
    assert.equal(
      setting['kind'] === 'password',
      setting['sensitive'] === true,
      `${name} must be sensitive as a password`,
    );
  }
  for (const group of about.settingsGroupValidation ?? []) {
    for (const name of group)
      assert.ok(names.includes(name), `a group names the setting "${name}", which is not declared`);
  }
}

import { leaves } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';

const catalog = `#!/bin/sh
case "$*" in *--discover*) ;; *) exit 0 ;; esac
cat <<END
{"streams":[
{"tap_stream_id":"users","stream":"users","schema":{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"},"secret":{"type":"string"},"addr":{"type":"object","properties":{"city":{"type":"string"}}}}},
 "metadata":[{"breadcrumb":[],"metadata":{"inclusion":"available"}},{"breadcrumb":["properties","id"],"metadata":{"inclusion":"automatic"}},{"breadcrumb":["properties","name"],"metadata":{"inclusion":"available"}},{"breadcrumb":["properties","secret"],"metadata":{"inclusion":"unsupported"}}]},
{"tap_stream_id":"orders","stream":"orders","schema":{"type":"object","properties":{"id":{"type":"integer"}}},
 "metadata":[{"breadcrumb":["properties","id"],"metadata":{"inclusion":"available"}}]}
]}
END
`;
const yml = `default_environment: dev
project_id: p1
environments:
- name: dev
plugins:
  extractors:
  - name: tap-x
    namespace: tap_x
    executable: ./tap.sh
    capabilities: [catalog, discover]
  - name: tap-bare
    namespace: tap_bare
    executable: ./tap.sh
`;
const files = { 'meltano.yml': yml, 'tap.sh': catalog };

export const selectScenarios: readonly Scenario[] = [
  scenario('listing', files, [
    'select tap-x --list',
    'select tap-x --list --all',
    'select tap-x --json',
    'select tap-x --json --all',
    'select tap-bare --list',
    'select nope --list',
  ]),
  scenario('patterns', files, [
    "select tap-x users 'na*'",
    'select tap-x orders',
    'select tap-x users name --exclude',
    'select tap-x --list --all',
    'select tap-x orders --rm',
    'select tap-x users name --exclude --rm',
    'select tap-x nothing --rm',
    'select tap-x a b c',
    '--environment=dev select tap-x users id',
    'select tap-x --clear',
    'select tap-x --clear',
  ]),
  scenario('all of it', files, [
    "select tap-x '*' '*'",
    step('select tap-x', { differs: [leaves('patterns-once', 'meltano.yml')] }),
  ]),
];

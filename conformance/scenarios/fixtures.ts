/** Sends one stream with two records and a bookmark. `$1` and so on are ignored; a marker goes to stderr. */
export const tapUsers = `#!/bin/sh
echo '{"type":"SCHEMA","stream":"users","schema":{"type":"object","properties":{"id":{"type":"integer"}}},"key_properties":["id"]}'
echo '{"type":"RECORD","stream":"users","record":{"id":1}}'
echo '{"type":"RECORD","stream":"users","record":{"id":2}}'
echo 'users sent' >&2
echo '{"type":"STATE","value":{"bookmarks":{"users":{"id":2}}}}'
`;

/** Answers every STATE message with its value, as targets do. */
export const targetStates = `#!/bin/sh
while read -r line; do
  case $line in *'"type":"STATE"'*) line=\${line#*'"value":'}; printf '%s\\n' "\${line%\\}}" ;; esac
done
`;

/** A tap and a target that are scripts, in the environments dev (the default) and prod. */
export const scriptsYml = `default_environment: dev
project_id: p1
environments:
- name: dev
- name: prod
plugins:
  extractors:
  - name: tap-x
    namespace: tap_x
    executable: ./tap.sh
    capabilities:
    - state
  loaders:
  - name: target-x
    namespace: target_x
    executable: ./target.sh
`;

export const scripts = { 'meltano.yml': scriptsYml, 'tap.sh': tapUsers, 'target.sh': targetStates };

/** A custom extractor with a setting of every kind, nothing set. */
export const kindsYml = `# The project of every kind of setting
project_id: p1
plugins:
  extractors:
  - name: tap-k   # the tap
    namespace: tap_k
    executable: ./tap.sh
    settings:
    - name: host
      label: Host
      description: Where it is
    - name: port
      kind: integer
      value: 5432
    - name: ratio
      kind: decimal
    - name: fast
      kind: boolean
      value: false
    - name: since
      kind: date_iso8601
    - name: token
      kind: string
      sensitive: true
    - name: mode
      kind: options
      value: a
      options:
      - label: A
        value: a
      - label: B
        value: b
    - name: tags
      kind: array
      value: [x, y]
    - name: extra
      kind: object
    - name: auth.user
      aliases: [username, login]
    - name: auth.realm
      env: THE_REALM
    - name: s3\\.endpoint
`;
export const kinds = { 'meltano.yml': kindsYml };

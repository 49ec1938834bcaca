import type { JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseManifest } from '../read-manifest.ts';
import { importAirbyte } from './import-airbyte.ts';

const retriever = `
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: 'https://x.example', path: '{{ parameters.part }}', $parameters: {part: none}}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}`;

const manifest = (streams: string, dynamic = '') => `
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: []}
definitions:
  template:
    type: DeclarativeStream
    primary_key: id
    retriever: {$ref: '#/definitions/retriever'}
  retriever:${retriever}
streams: ${streams}
${dynamic}`;

const template = "{$ref: '#/definitions/template', name: none}";

const dynamic = (resolver: string, more = '') => `
dynamic_streams:
  - type: DynamicDeclarativeStream
    name: reports
    stream_template: ${template}
    components_resolver:
      ${resolver}
      components_mapping:
        - {type: ComponentMappingDefinition, field_path: [name], value: "report_{{ components_values['name'] }}"}
        - {type: ComponentMappingDefinition, field_path: [retriever, requester, $parameters, part], value: '/r/{{ components_values.id }}'}
        - {type: ComponentMappingDefinition, field_path: [absent], value: x}
        ${more}`;

const configResolver = (more = '') =>
  `{type: ConfigComponentsResolver, stream_config: {type: StreamConfig, configs_pointer: [custom, reports]${more}}}`;

function read(text: string) {
  const { manifest: made, problems, imported } = importAirbyte(parse(text) as JsonObject);
  const told = [...problems].flatMap(([name, list]) =>
    list.map(({ path, reason }) => `${name}: ${path}: ${reason}`),
  );
  return { made, told, imported };
}

const inBlock = (resolver: string) =>
  `${resolver.slice(1, -1).replace(', stream_config', '\n      stream_config')}`;

test('streams that the settings list are made by a template', () => {
  const { made, told } = read(
    manifest('[]', dynamic(inBlock(configResolver(', default_values: [{name: usual, id: 1}]')))),
  );
  expect(told).toEqual([]);
  expect(made?.['stream_templates']).toEqual([
    {
      for_each: ['{{ config["custom"]["reports"] }}', { name: 'usual', id: 1 }],
      name: `report_{{ each['name'] }}`,
      stream: expect.objectContaining({ path: '/r/{{ each.id }}', keys: ['id'] }),
    },
  ]);
});

test('and so are those that the API tells of, by a stream that is read for them only', () => {
  const resolver =
    "type: HttpComponentsResolver\n      retriever: {$ref: '#/definitions/retriever', requester: {type: HttpRequester, url_base: 'https://x.example', path: /tables}}";
  const { made, told } = read(manifest('[]', dynamic(resolver)));
  expect(told).toEqual([]);
  expect(made?.['streams']).toMatchObject({ reports_source: { path: '/tables', selected: false } });
  expect(made?.['stream_templates']).toMatchObject([{ for_each: { stream: 'reports_source' } }]);
});

test.each([
  [
    "- {type: ComponentMappingDefinition, field_path: ['*', name], value: x}",
    'only plain names are supported',
  ],
  [
    '- {type: ComponentMappingDefinition, field_path: [name], value: x, condition: "{{ config.a }}"}',
    'conditions of mappings',
  ],
  [
    "- {type: ComponentMappingDefinition, field_path: [name], value: '{{ stream_slice.a }}'}",
    'not its slice',
  ],
])('%s is not taken', (mapping, reason) => {
  expect(read(manifest('[]', dynamic(inBlock(configResolver()), mapping))).told.join()).toContain(reason);
});

test('a template is left out with the stream that it is made for', () => {
  const resolver = 'type: HttpComponentsResolver\n      retriever: {type: CustomRetriever}';
  const { made, told } = read(manifest(`[${template}]`, dynamic(resolver)));
  expect(made?.['stream_templates']).toBeUndefined();
  expect(told.join()).toContain('the stream "reports_source" that it is read for is not among those');
});

test('streams under a condition have it, and what is known in templates only is refused elsewhere', () => {
  const conditional = `[{type: ConditionalStreams, condition: "{{ config['more'] == 'yes' }}", streams: [{$ref: '#/definitions/template', name: a}]}]`;
  expect(read(manifest(conditional))).toMatchObject({
    made: { streams: { a: { only_if: `{{ config['more'] == 'yes' }}` } } },
    told: [],
  });
  const wrong = `[{$ref: '#/definitions/template', name: '{{ components_values.x }}'}]`;
  expect(read(manifest(wrong)).told.join()).toContain('known in dynamic streams only');
});

test('of a stream that reads otherwise with state the whole reading is taken, and said', () => {
  const stream =
    "[{type: StateDelegatingStream, name: a, full_refresh_stream: {$ref: '#/definitions/template', name: a}, incremental_stream: {type: DeclarativeStream, name: a}}]";
  const { told, imported } = read(manifest(stream));
  expect(imported).toEqual(['a']);
  expect(told).toEqual([expect.stringContaining('its full_refresh_stream is read in each run')]);
  expect(Object.keys(parseManifest(manifest(stream), 'x.yaml').streams)).toEqual(['a']);
});

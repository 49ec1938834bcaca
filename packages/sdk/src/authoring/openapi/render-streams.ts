import { keyCode } from '../probe/schema-code.ts';
import type { ApiDocument } from './api-document.ts';
import type { StreamPlan } from './plan-streams.ts';
import { quoted } from './quoted.ts';
import { propertyTypeCode, recordSchemaCode } from './schema-code.ts';

/** The file that is written anew whenever the document has changed. */
export function renderStreams(
  streams: readonly StreamPlan[],
  document: ApiDocument,
  { source, tap }: { readonly source: string; readonly tap: string },
): string {
  const body = streams.map((stream) => streamText(stream, document)).join('\n');
  const used = [
    ...(streams.some(({ needs }) => needs.length === 0) ? ['rest'] : []),
    's',
    ...streams.flatMap(({ pages }) => (pages === undefined ? [] : [pages.name])),
  ];
  const complete = streams.filter(({ needs }) => needs.length === 0);
  const templates = complete.map(({ name }) => `  ${name}: rest(generatedOptions.${name}),\n`).join('');
  return `// Made by "meltano-sdk from-openapi" of ${source}, and made anew by it: write into ${tap} instead.
import { ${[...new Set(used)].sort().join(', ')} } from '@meltano/sdk';

/** What each stream is made of: rest({ ...generatedOptions.NAME, … }) makes one with changes. */
export const generatedOptions = {
${body}};

export const generatedStreams = {
${templates}};
`;
}

function streamText(stream: StreamPlan, document: ApiDocument): string {
  const { key, replicationKey, pages, since } = stream;
  const required = [...new Set([key, replicationKey].filter((each) => each !== undefined))];
  const added = Object.fromEntries(
    Object.entries(stream.members)
      .filter(([name]) => !stream.repeated.includes(name))
      .map(([name, property]) => [name, propertyTypeCode(property, document)]),
  );
  const { needs } = stream;
  const notes = [
    ...(needs.length === 0 ? [] : [`needs partitions with ${needs.join(', ')}`]),
    pages === undefined ? 'paging: nothing tells of it' : `paging: ${pages.evidence}`,
    ...(key === undefined ? ['no key: no property looks like one'] : []),
    ...(replicationKey !== undefined && since === undefined
      ? ['no parameter takes the start: all is read, and what is old is left out']
      : []),
  ];
  const params = Object.entries(stream.params).map(
    ([name, value]) =>
      `${keyCode(name)}: ${typeof value === 'string' ? quoted(value) : JSON.stringify(value)}`,
  );
  const lines = [
    `path: ${quoted(stream.path)},`,
    ...(params.length === 0 ? [] : [`params: { ${params.join(', ')} },`]),
    ...(stream.records === undefined ? [] : [`records: '${stream.records}',`]),
    ...(pages === undefined ? [] : [`paginate: ${pages.code},`]),
    ...(key === undefined ? [] : [`keys: [${quoted(key)}],`]),
    ...(replicationKey === undefined ? [] : [`replicationKey: ${quoted(replicationKey)},`]),
    ...(since === undefined ? [] : [`since: ${quoted(since)},`]),
    `schema: ${recordSchemaCode(stream.item, { required, added }, document)
      .split('\n')
      .map((line, at) => (at === 0 ? line : `  ${line}`))
      .join('\n')},`,
  ];
  return `  // ${notes.join('; ')}
  ${stream.name}: {
${lines.map((line) => `    ${line}`).join('\n')}
  },
`;
}

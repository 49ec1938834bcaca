import type { JsonObject } from '@meltano/foundation/json';
import { s } from '../schema/schema.ts';
import type { ColumnNode } from './column-node.ts';
import type { LeafKind } from './leaf-kind.ts';

/** The JSON Schema that holds every value of a column without loss. */
export function columnSchema(node: ColumnNode): JsonObject {
  const schema = s.of(plainSchema(node));
  return node.isNullable ? schema.nullable().json : schema.json;
}

function plainSchema(node: ColumnNode): JsonObject {
  switch (node.kind) {
    case 'leaf':
      return leafSchema(node.leaf);
    case 'struct':
      return {
        type: ['object'],
        properties: Object.fromEntries(node.members.map((member) => [member.name, columnSchema(member)])),
      };
    case 'list':
      return { type: ['array'], items: columnSchema(node.element) };
    case 'map':
      return { type: ['object'], additionalProperties: columnSchema(node.value) };
    case 'variant':
      return {};
  }
}

function leafSchema(leaf: LeafKind): JsonObject {
  switch (leaf.kind) {
    case 'boolean':
      return s.boolean().json;
    case 'text':
    case 'interval':
      return s.string().json;
    case 'json':
      return {};
    case 'null':
      return { type: ['null'] };
    case 'uuid':
      return s.uuid().json;
    case 'date':
      return s.date().json;
    case 'time':
      return s.time().json;
    case 'timestamp':
    case 'int96':
      return s.dateTime().json;
    case 'binary':
      return { type: ['string'], contentEncoding: 'base16' };
    case 'double':
    case 'float16':
      return s.number().json;
    case 'decimal':
      return s.decimal(leaf.scale).json;
    case 'integer':
      // Beyond 64 signed bits a target needs a wider column.
      return leaf.bits === 64 && !leaf.isSigned ? s.decimal(0).json : s.integer().json;
  }
}

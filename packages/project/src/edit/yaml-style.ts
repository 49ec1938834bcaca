import { isMap, isSeq, type Node, type Pair } from 'yaml';
import { column, isFlow, members } from './located-node.ts';
import type { YamlStyle } from './render-yaml.ts';

/** How a text indents, from the first mapping and the first list inside a mapping that it has; else Meltano's way. */
export function detectStyle(text: string, root: Node | null): YamlStyle {
  const found: { indent?: number; dashOffset?: number } = {};
  search(root, text, found);
  return { indent: found.indent ?? 2, dashOffset: found.dashOffset ?? 0 };
}

function search(node: unknown, text: string, found: { indent?: number; dashOffset?: number }): void {
  if (found.indent !== undefined && found.dashOffset !== undefined) return;
  if (!(isMap(node) || isSeq(node)) || isFlow(node)) return;
  members(node, text).forEach((member, index) => {
    const child = isMap(node) ? (node.items[index] as Pair | undefined)?.value : node.items[index];
    if (isMap(node) && (isMap(child) || isSeq(child)) && !isFlow(child)) {
      const [first] = members(child, text);
      const offset = column(text, first?.start ?? 0) - column(text, member.start);
      if (isMap(child) && offset > 0) found.indent ??= offset;
      if (isSeq(child) && offset >= 0) found.dashOffset ??= offset;
    }
    search(child, text, found);
  });
}

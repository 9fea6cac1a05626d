/** Finding nodes, modules and commands by what people type. */

import type { Graph, GraphNode, NodeName } from "./graph";

/** How well a text answers what was typed: 0 not at all, higher is better. Every word must be in it. */
export function score(typed: string, text: string): number {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const within = text.toLocaleLowerCase();
  let sum = 1;
  for (const word of words) {
    const at = within.indexOf(word);
    if (at < 0) return 0;
    const begins = at === 0 ? 3 : /[^\p{L}\p{N}]/u.test(within[at - 1] ?? "") ? 2 : 1;
    sum += begins + word.length / (within.length + 1);
  }
  return sum;
}

/** The best first; those that do not answer left out. */
export function matching<Item>(typed: string, items: readonly Item[], text: (item: Item) => string): Item[] {
  const scored = items.map((item, index) => ({ item, index, points: score(typed, text(item)) }));
  const found = scored.filter((one) => one.points > 0);
  if (typed.trim() !== "") found.sort((one, two) => two.points - one.points || one.index - two.index);
  return found.map((one) => one.item);
}

export function findNodes(graph: Graph, typed: string): NodeName[] {
  return matching(typed, [...graph.nodes.values()], searchText).map((node) => node.name);
}

function searchText(node: GraphNode): string {
  const texts = Object.values(node.parameters).filter((value) => typeof value === "string");
  return [node.name, node.title, node.comment, ...texts].join("\n");
}

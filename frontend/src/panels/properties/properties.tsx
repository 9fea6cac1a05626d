/** The pane of the properties of what is selected. */

import type { ReactNode } from "react";
import { onUse } from "../../look/on_use";
import { useWords } from "../../words/words";
import type { NodePropertiesProps } from "./node_properties";

export const NodeProperties = onUse<NodePropertiesProps>(async () => (await import("./node_properties")).NodeProperties);

interface PropertiesProps extends Omit<NodePropertiesProps, "node"> {
  readonly grip: ReactNode;
}

export function Properties({ grip, ...rest }: PropertiesProps) {
  const { experiment } = rest;
  const words = useWords();
  const graph = experiment.use((state) => state.graph);
  const selected = experiment.use((state) => state.selected);
  const [name] = selected;
  const node = selected.size === 1 && name !== undefined ? graph.nodes.get(name) : undefined;
  return (
    <aside className="pane" aria-label={words.properties.title}>
      {grip}
      {node ? (
        <NodeProperties key={node.name} node={node} {...rest} />
      ) : (
        <p className="sec mute">{selected.size > 1 ? words.canvas.manySelected(selected.size) : words.canvas.noSelection}</p>
      )}
    </aside>
  );
}

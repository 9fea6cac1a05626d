/** The outputs of a node, with the way to look at them. */

import type { Experiment } from "../../canvas/experiment";
import type { GraphNode } from "../../graph/graph";
import { PortMark } from "../../look/marks";
import { useWords } from "../../words/words";
import { hasResult } from "../../canvas/node_state";
import { useLive } from "../../canvas/live";

export function Outputs({ experiment, node }: { readonly experiment: Experiment; readonly node: GraphNode }) {
  const words = useWords();
  const kept = experiment.use((state) => state.document.states[node.name]);
  const live = useLive((state) => state.nodes.get(node.name));
  if (node.outputs.length === 0) return null;
  const full = hasResult(kept, live);
  return (
    <section className="outs">
      <h3 className="hd">{words.properties.outputs}</h3>
      {node.outputs.map((port) => (
        <div key={port.name} className="row">
          <PortMark kind={port.kind} full={full} />
          <span className="grow clip">{port.label}</span>
        </div>
      ))}
    </section>
  );
}

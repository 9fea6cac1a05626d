/** The outputs of a node, with the way to look at them. */

import { Eye, Terminal } from "lucide-react";
import type { Experiment } from "../../canvas/experiment";
import type { CanvasActs } from "../../canvas/keys";
import { useLiveNodes } from "../../canvas/live";
import { hasOutput } from "../../canvas/node_state";
import type { GraphNode } from "../../graph/graph";
import { Button, IconButton } from "../../look/button";
import { PortMark } from "../../look/marks";
import { useWords } from "../../words/words";

interface OutputsProps {
  readonly experiment: Experiment;
  readonly acts: CanvasActs;
  readonly node: GraphNode;
}

export function Outputs({ experiment, acts, node }: OutputsProps) {
  const words = useWords();
  const kept = experiment.use((state) => state.document.states[node.name]);
  const live = useLiveNodes().get(node.name);
  if (node.outputs.length === 0) return null;
  return (
    <section className="outs">
      <h3 className="hd">
        {words.properties.outputs}
        {kept && node.kind === "module" && <IconButton small icon={Terminal} className="end" label={words.device.title} onClick={() => acts.why(node.name)} />}
      </h3>
      {node.outputs.map((port) => {
        const full = hasOutput(node, port.name, kept, live);
        return (
          <div key={port.name} className="row">
            <PortMark kind={port.kind} full={full} />
            <span className="grow clip">{port.label}</span>
            {full && port.kind === "dataset" && (
              <Button small look="line" icon={Eye} aria-label={`${words.canvas.visualize}: ${port.label}`} onClick={() => acts.lookAt(node.name, port.name)}>{words.canvas.visualize}</Button>
            )}
          </div>
        );
      })}
    </section>
  );
}

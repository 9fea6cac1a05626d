/** The bar beside the selected node: what is done to it most. */

import { NodeToolbar, Position } from "@xyflow/react";
import { Copy, Eye, FileCode, MessageSquare, Play, Spline, Trash2 } from "lucide-react";
import { IconButton } from "../look/button";
import { useWords } from "../words/words";
import type { Experiment } from "./experiment";
import { duplicate, remove } from "./gestures";
import type { CanvasActs } from "./keys";

export function NodeBar({ experiment, acts }: { readonly experiment: Experiment; readonly acts: CanvasActs }) {
  const words = useWords();
  const selected = experiment.use((state) => state.selected);
  const [name] = selected;
  const node = experiment.use((state) => (selected.size === 1 && name !== undefined ? state.graph.nodes.get(name) : undefined));
  if (!node) return null;
  return (
    <NodeToolbar nodeId={node.name} isVisible position={Position.Right} align="start" offset={8}>
      <div className="nodebar" role="toolbar" aria-label={words.canvas.nodeBar(node.name)} aria-orientation="vertical">
        <IconButton small icon={Play} label={words.canvas.runUpTo} keys="Alt Enter" onClick={acts.runUpTo} />
        <IconButton small icon={Eye} label={words.canvas.visualize} keys="V" onClick={acts.look} />
        {node.script !== null && <IconButton small icon={FileCode} label={words.canvas.openScript} keys="Enter" onClick={acts.open} />}
        {node.outputs.length > 0 && <IconButton small icon={Spline} label={words.canvas.connectTo} keys="C" onClick={acts.connect} />}
        <IconButton small icon={MessageSquare} label={words.canvas.comment} keys="M" onClick={() => document.dispatchEvent(new Event("studiolo:comment"))} />
        <IconButton small icon={Copy} label={words.canvas.duplicate} keys="Ctrl D" onClick={() => void duplicate(experiment)} />
        <IconButton small icon={Trash2} label={words.canvas.deleteNodes} keys="Del" onClick={() => remove(experiment)} />
      </div>
    </NodeToolbar>
  );
}

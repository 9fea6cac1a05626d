/** The bar beside the selected node: what is done to it most. */

import { NodeToolbar, Position } from "@xyflow/react";
import { Copy, Eye, FileCode, MessageSquare, Play, Spline, Trash2 } from "lucide-react";
import { sideWithRoom } from "../graph/beside";
import { IconButton } from "../look/button";
import { useShownKeys } from "../shell/chosen_keys";
import { useWords } from "../words/words";
import type { Experiment } from "./experiment";
import { duplicate, remove } from "./gestures";
import type { CanvasActs } from "./keys";

/** Its size with its distance from the node, at a zoom of 1. */
const BAR = { width: 46, height: 190 };

export function NodeBar({ experiment, acts }: { readonly experiment: Experiment; readonly acts: CanvasActs }) {
  const words = useWords();
  const keyOf = useShownKeys();
  const selected = experiment.use((state) => state.selected);
  const [name] = selected;
  const node = experiment.use((state) => (selected.size === 1 && name !== undefined ? state.graph.nodes.get(name) : undefined));
  const side = experiment.use((state) => (node ? sideWithRoom(state.graph, node.name, BAR) : "right"));
  if (!node) return null;
  return (
    <NodeToolbar nodeId={node.name} isVisible position={side === "right" ? Position.Right : Position.Left} align="start" offset={8}>
      <div className="nodebar" role="toolbar" aria-label={words.canvas.nodeBar(node.name)} aria-orientation="vertical">
        <IconButton small icon={Play} label={words.canvas.runUpTo} keys={keyOf("runUpTo")} onClick={acts.runUpTo} />
        <IconButton small icon={Eye} label={words.canvas.visualize} keys={keyOf("look")} onClick={acts.look} />
        {node.script !== null && <IconButton small icon={FileCode} label={words.canvas.openScript} keys={keyOf("open")} onClick={acts.open} />}
        {node.outputs.length > 0 && <IconButton small icon={Spline} label={words.canvas.connectTo} keys={keyOf("connect")} onClick={acts.connect} />}
        <IconButton small icon={MessageSquare} label={words.canvas.comment} keys={keyOf("comment")} onClick={() => document.dispatchEvent(new Event("studiolo:comment"))} />
        <IconButton small icon={Copy} label={words.canvas.duplicate} keys={keyOf("duplicate")} onClick={() => void duplicate(experiment)} />
        <IconButton small icon={Trash2} label={words.canvas.deleteNodes} keys={keyOf("remove")} onClick={() => remove(experiment)} />
      </div>
    </NodeToolbar>
  );
}

/** A graph in miniature. */

import type { Schemas } from "../../api/client";
import { type Graph, wires } from "../../graph/graph";
import { places } from "../../graph/places";
import { NODE_HEIGHT, NODE_WIDTH } from "../../graph/sizes";

interface MiniatureProps {
  readonly graph: Graph;
  readonly states: Schemas["ExperimentDocument"]["states"];
}

/** Nodes that are drawn; no picture of this size shows more. */
const MOST = 300;
const MARGIN = 40;
/** Units of the picture that a small graph is at least wide, so that it is not blown up. */
const LEAST_WIDTH = 1_150;
const LEAST_HEIGHT = 450;

export function Miniature({ graph, states }: MiniatureProps) {
  const placed = [...places(graph)].slice(0, MOST);
  const at = new Map(placed);
  if (placed.length === 0) return <span className="blank" />;
  const xs = placed.map(([, point]) => point.x);
  const ys = placed.map(([, point]) => point.y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const width = Math.max(...xs) + NODE_WIDTH - left;
  const height = Math.max(...ys) + NODE_HEIGHT - top;
  const [boxWidth, boxHeight] = [Math.max(width, LEAST_WIDTH), Math.max(height, LEAST_HEIGHT)];
  const box = [left - (boxWidth - width) / 2 - MARGIN, top - (boxHeight - height) / 2 - MARGIN, boxWidth + 2 * MARGIN, boxHeight + 2 * MARGIN];
  return (
    <svg className="miniature" viewBox={box.join(" ")} aria-hidden="true">
      {wires(graph).map((wire) => {
        const [from, to] = [at.get(wire.from.node), at.get(wire.to.node)];
        if (!from || !to) return null;
        const [x1, y1, x2, y2] = [from.x + NODE_WIDTH / 2, from.y + NODE_HEIGHT, to.x + NODE_WIDTH / 2, to.y];
        const bend = Math.max(20, (y2 - y1) / 2);
        return <path key={`${wire.to.node} ${wire.to.input}`} d={`M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`} />;
      })}
      {placed.map(([name, { x, y }]) => {
        const state = states[name]?.state ?? "never";
        return (
          <g key={name} className={state} transform={`translate(${x} ${y})`}>
            <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx="8" />
            <circle cx="28" cy={NODE_HEIGHT / 2} r="10" />
            <path className="title" d={`M56 ${NODE_HEIGHT / 2}h120`} />
          </g>
        );
      })}
    </svg>
  );
}

/** A wire: its stroke tells what travels along it. */

import { type Edge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import type { PortKind, Wire } from "../graph/graph";
import { PORT_TARGET } from "../graph/sizes";

export type StudioEdge = Edge<{ readonly wire: Wire; readonly kind: PortKind; readonly flowing: boolean; readonly picked: boolean; readonly idle: boolean }, "studio">;

export const WireView = memo(function WireView(props: EdgeProps<StudioEdge>) {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected } = props;
  // React Flow ends a wire at the rim of a port's target, and we in the middle of its mark.
  const ends = { sourceY: sourceY - PORT_TARGET / 2, targetY: targetY + PORT_TARGET / 2 };
  const [path] = getBezierPath({ sourceX, targetX, sourcePosition, targetPosition, ...ends });
  const kind = data?.kind ?? "dataset";
  const picked = selected || data?.picked;
  return (
    <g className={`w ${kind} ${picked ? "pick" : ""} ${data?.flowing ? "flow" : ""} ${data?.idle ? "idle" : ""}`}>
      <path className="grab" d={path} />
      <path className="line" d={path} />
      {kind === "model" && !data?.flowing && !picked && <path className="core" d={path} />}
    </g>
  );
});

/** A node on the canvas: head, comment, state line, ports. */

import { Handle, type NodeProps, Position } from "@xyflow/react";
import type { Node as FlowNode } from "@xyflow/react";
import { memo, useContext, useEffect, useState } from "react";
import type { GraphNode, Port } from "../graph/graph";
import { portOffset } from "../graph/sizes";
import { ChangeMark } from "../look/change_mark";
import { Inlay, PortMark, StateMark } from "../look/marks";
import { duration, runMoment, share, useWords } from "../words/words";
import { Changed } from "./changes";
import { useChosenPort } from "./chosen_port";
import { Looking } from "./looking";
import type { NodeShown } from "./node_state";

export type StudioNode = FlowNode<
  { readonly node: GraphNode; readonly shown: NodeShown; readonly full: readonly string[]; readonly missing: readonly string[] },
  "studio"
>;

export const NodeView = memo(function NodeView({ data: { node, shown, full, missing }, selected }: NodeProps<StudioNode>) {
  const words = useWords();
  const change = useContext(Changed)?.get(node.name);
  return (
    <article className={`node ${shown.look} ${selected ? "sel" : ""} ${change ?? ""}`}>
      {change && <ChangeMark change={change} label={words.past.changes[change]} />}
      <div className="head">
        <Inlay kind={node.kind} category={node.category} />
        <span className="clip" title={`${node.name}: ${node.title}`}>{node.title}</span>
      </div>
      {node.comment && <div className="what clip" title={node.comment}>{node.comment}</div>}
      <StateLine shown={shown} />
      {node.inputs.map((port, index) => (
        <PortHandle
          key={port.name}
          node={node.name}
          port={port}
          side="target"
          offset={portOffset(index, node.inputs.length)}
          full={port.name in node.wires}
          missing={missing.includes(port.name)}
        />
      ))}
      {node.outputs.map((port, index) => (
        <PortHandle key={port.name} node={node.name} port={port} side="source" offset={portOffset(index, node.outputs.length)} full={full.includes(port.name)} missing={false} />
      ))}
    </article>
  );
});

function StateLine({ shown }: { readonly shown: NodeShown }) {
  const words = useWords();
  return (
    <div className="state">
      <StateMark mark={shown.mark} />
      <b>{shown.word}</b>
      {shown.since !== null && shown.expected !== null && <Estimate since={shown.since} expected={shown.expected} />}
      <span className="clip">{shown.figures}</span>
      <span className="end">
        {shown.since !== null ? <Counting since={shown.since} /> : shown.run ? words.run.run(runMoment(shown.run)) : shown.seconds !== null && duration(shown.seconds)}
      </span>
      {shown.cause && <p className="clip" title={shown.cause}>{shown.cause}</p>}
    </div>
  );
}

/** How far the node is, if it takes as long as the last time; never all of it. */
function Estimate({ since, expected }: { readonly since: number; readonly expected: number }) {
  const done = Math.min(0.99, (useNow() - since) / 1_000 / expected);
  return <><progress className="bar" value={done} aria-hidden="true" />{share(done)}</>;
}

/** The moment, every second. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Seconds since a moment, from the second one on. */
function Counting({ since }: { readonly since: number }) {
  const seconds = (useNow() - since) / 1_000;
  return seconds < 1 ? null : duration(Math.floor(seconds));
}

interface PortHandleProps {
  readonly node: string;
  readonly port: Port;
  readonly side: "source" | "target";
  readonly offset: number;
  readonly full: boolean;
  readonly missing: boolean;
}

function PortHandle({ node, port, side, offset, full, missing }: PortHandleProps) {
  const words = useWords();
  const look = useContext(Looking);
  const opens = side === "source" && look !== null;
  const chosen = useChosenPort((choice) => side === "source" && choice.node === node && choice.port === port.name);
  const kind = words.ports[port.kind];
  const title = `${port.label}: ${kind}${side === "target" && port.optional ? `, ${words.ports.optional}` : ""}`;
  return (
    <Handle
      type={side}
      id={port.name}
      position={side === "target" ? Position.Top : Position.Bottom}
      className={`port ${port.kind} ${missing ? "missing" : ""} ${chosen ? "chosen" : ""}`}
      style={{ left: offset }}
      title={title}
      onClick={opens ? () => look(node, port.name) : undefined}
    >
      <PortMark kind={port.kind} full={full} />
    </Handle>
  );
}

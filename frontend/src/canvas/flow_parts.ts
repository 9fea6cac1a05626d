/** The graph as React Flow's nodes and edges; what has not changed stays the same object. */

import { Position } from "@xyflow/react";
import { type Graph, type GraphNode, type NodeName, type Port, wires, wireId } from "../graph/graph";
import { dataOrder } from "../graph/order";
import { places } from "../graph/places";
import { heightOf, NODE_WIDTH, PORT_TARGET, portOffset } from "../graph/sizes";
import type { Words } from "../words/en";
import { heldBack } from "./held_back";
import { type Finding, findingsByNode, hasOutput, hasResult, type Kept, type Live, missingInputs, nodeShown } from "./node_state";
import type { StudioNode } from "./node_view";
import { same } from "./sharing";
import type { StudioEdge } from "./wire_view";

export interface Drawn {
  readonly graph: Graph;
  readonly selected: ReadonlySet<NodeName>;
  readonly kept: Readonly<Record<NodeName, Kept>>;
  readonly live: ReadonlyMap<NodeName, Live>;
  readonly findings: readonly Finding[];
  readonly words: Words;
}

/** The nodes in the order of the data, which is the order of Tab. */
export function flowNodes(drawn: Drawn, before: StudioNode[]): StudioNode[] {
  const { graph, kept, live, words } = drawn;
  const old = new Map(before.map((node) => [node.id, node]));
  const placed = places(graph);
  const findings = findingsByNode(drawn.findings, graph);
  const held = heldBack(graph, kept, live);
  const drawnNodes = dataOrder(graph).flatMap((name) => {
    const node = graph.nodes.get(name);
    if (!node) return [];
    const shown = nodeShown(node, kept[name], live.get(name), findings.get(name) ?? [], words, held.get(name));
    const last = old.get(name);
    const data: StudioNode["data"] = {
      node,
      shown: last && same(last.data.shown, shown) ? last.data.shown : shown,
      full: node.outputs.filter((port) => hasOutput(node, port.name, kept[name], live.get(name))).map((port) => port.name),
      missing: missingInputs(node).map((port) => port.name),
    };
    return [flowNode(name, data, drawn.selected.has(name), placed.get(name) ?? { x: 0, y: 0 }, last, words)];
  });
  return unlessSame(before, drawnNodes);
}

/** The old list if the new one has the same objects: then React Flow has nothing to do. */
function unlessSame<Part>(before: Part[], after: Part[]): Part[] {
  return before.length === after.length && after.every((part, index) => part === before[index]) ? before : after;
}

function flowNode(
  name: NodeName,
  data: StudioNode["data"],
  selected: boolean,
  position: { readonly x: number; readonly y: number },
  last: StudioNode | undefined,
  words: Words,
): StudioNode {
  const unchanged = last && last.data.node === data.node && last.data.shown === data.shown && same(rest(last.data), rest(data));
  if (unchanged && last.selected === selected && last.position.x === position.x && last.position.y === position.y) return last;
  const kept = unchanged ? last.data : data;
  return {
    ...last,
    id: name,
    type: "studio",
    position: { x: position.x, y: position.y },
    data: kept,
    selected,
    ariaLabel: label(data.node, data, words),
    initialWidth: NODE_WIDTH,
    initialHeight: heightOf(data.node),
    ...(!last?.measured && { handles: handlesOf(data.node) }),
  };
}

/** Where the ports of a node will be, so that React Flow need not draw it outside of the view to find out. */
function handlesOf(node: GraphNode): NonNullable<StudioNode["handles"]> {
  const handle = (type: "target" | "source", ports: readonly Port[], port: Port, at: number) => ({
    type,
    id: port.name,
    position: type === "target" ? Position.Top : Position.Bottom,
    x: portOffset(at, ports.length) - PORT_TARGET / 2,
    y: (type === "target" ? 0 : heightOf(node)) - PORT_TARGET / 2,
    width: PORT_TARGET,
    height: PORT_TARGET,
  });
  return [
    ...node.inputs.map((port, at) => handle("target", node.inputs, port, at)),
    ...node.outputs.map((port, at) => handle("source", node.outputs, port, at)),
  ];
}

/** Nodes that have been drawn: where their ports are is seen from now on. */
export function withoutHandles(nodes: StudioNode[]): StudioNode[] {
  return nodes.map((node) => {
    if (!node.measured || !node.handles) return node;
    const { handles: _, ...drawn } = node;
    return drawn;
  });
}

const rest = ({ full, missing }: StudioNode["data"]) => ({ full, missing });

function label(node: GraphNode, { shown }: StudioNode["data"], words: Words): string {
  return [`${node.name}: ${node.title}`, [shown.word, shown.figures].filter(Boolean).join(" "), shown.cause, node.comment && `${words.canvas.comment}: ${node.comment}`]
    .filter(Boolean)
    .join(", ");
}

export function flowEdges(drawn: Drawn, before: StudioEdge[]): StudioEdge[] {
  const { graph, selected, live, kept, words } = drawn;
  const old = new Map(before.map((edge) => [edge.id, edge]));
  const drawnEdges = wires(graph).flatMap((wire) => {
    const from = graph.nodes.get(wire.from.node);
    const output = from?.outputs.find((port) => port.name === wire.from.output);
    const input = graph.nodes.get(wire.to.node)?.inputs.some((port) => port.name === wire.to.input);
    if (!from || !output || !input) return [];
    const data = {
      wire,
      kind: output.kind,
      flowing: live.get(wire.to.node)?.state === "running",
      picked: selected.has(wire.from.node) || selected.has(wire.to.node),
      idle: from.kind === "module" && !hasResult(kept[wire.from.node], live.get(wire.from.node)),
    };
    const id = wireId(wire);
    const last = old.get(id);
    const ariaLabel = words.canvas.wireFromTo(wire.from.node, wire.to.node);
    if (last && last.ariaLabel === ariaLabel && same(last.data, data)) return [last];
    return [
      {
        ...last,
        id,
        type: "studio" as const,
        source: wire.from.node,
        sourceHandle: wire.from.output,
        target: wire.to.node,
        targetHandle: wire.to.input,
        focusable: false,
        ariaLabel,
        data,
      },
    ];
  });
  return unlessSame(before, drawnEdges);
}

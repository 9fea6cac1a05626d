/** React Flow around the graph. Alone in its component: nothing else is drawn again while a node moves. */

import {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  type Connection as FlowConnection,
  type EdgeChange,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStore,
  type Viewport,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type DragEvent, memo, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { connect } from "../graph/connect";
import type { Edit } from "../graph/edits";
import type { Graph } from "../graph/graph";
import { dataOrder } from "../graph/order";
import { places } from "../graph/places";
import { GRID, NODE_WIDTH } from "../graph/sizes";
import { useTheme } from "../look/theme";
import { toast } from "../look/toast";
import { useShownKeys } from "../shell/chosen_keys";
import { useWords } from "../words/words";
import type { Experiment } from "./experiment";
import { flowEdges, flowNodes, withoutHandles } from "./flow_parts";
import { wire } from "./gestures";
import { type StudioNode, NodeView } from "./node_view";
import { DRAGGED, readSubject, type Subject } from "./subject";
import { useLiveNodes } from "./live";
import { type StudioEdge, WireView } from "./wire_view";

const NODE_TYPES = { studio: NodeView };
const EDGE_TYPES = { studio: WireView };
const FIT = { maxZoom: 1, padding: 0.12 };
/** Where an empty canvas begins: its first node is in view, and beside the legend. */
const BEGINNING = { x: 240, y: 48, zoom: 1 };
const LARGE = { x: 160, y: 48, zoom: 0.7 };
const SNAP: [number, number] = [GRID / 2, GRID / 2];
/** Nodes beyond which only those in view are in the page. */
const MOST_RENDERED = 300;
/** Nodes from which on a map helps. */
const MAP_FROM = 15;

/**
 * Where an experiment opens; null to fit it into the view. An empty one has nothing to fit, and its first
 * node stays where it was dropped. Thousands of nodes would be too small to read: they open at the first.
 */
function beginningOf(graph: Graph): Viewport | null {
  if (graph.nodes.size === 0) return BEGINNING;
  if (graph.nodes.size <= MOST_RENDERED) return null;
  const { zoom } = LARGE;
  const first = places(graph).get(dataOrder(graph)[0] ?? "") ?? { x: 0, y: 0 };
  return { x: LARGE.x - first.x * zoom, y: LARGE.y - first.y * zoom, zoom };
}

interface FlowProps {
  readonly experiment: Experiment;
  readonly readOnly: boolean;
  readonly onAdd: (subject: Subject, at: { x: number; y: number }) => void;
  readonly onOpen: (node: string) => void;
  readonly children?: ReactNode;
}

export const Flow = memo(function Flow({ experiment, readOnly, onAdd, onOpen, children }: FlowProps) {
  const words = useWords();
  const keyOf = useShownKeys();
  const theme = useTheme((choice) => choice.shown);
  const { screenToFlowPosition } = useReactFlow();
  const graph = experiment.use((state) => state.graph);
  const document = experiment.use((state) => state.document);
  const selected = experiment.use((state) => state.selected);
  const live = useLiveNodes();
  const [nodes, setNodes] = useState<StudioNode[]>([]);
  const [edges, setEdges] = useState<StudioEdge[]>([]);
  const dragging = useRef(false);
  const [beginning] = useState(() => beginningOf(graph));

  useEffect(() => {
    const drawn = { graph, selected, kept: document.states, live, findings: document.findings, words };
    setEdges((before) => flowEdges(drawn, before));
    if (!dragging.current) setNodes((before) => flowNodes(drawn, before));
  }, [graph, document, selected, live, words]);

  const onNodesChange = useCallback(
    (changes: NodeChange<StudioNode>[]) => {
      const measured = changes.some((change) => change.type === "dimensions");
      setNodes((before) => {
        const after = applyNodeChanges(changes, before);
        return measured ? withoutHandles(after) : after;
      });
      const picked = changes.filter((change) => change.type === "select");
      if (picked.length === 0) return;
      const now = new Set(experiment.use.getState().selected);
      for (const change of picked) {
        if (change.selected) now.add(change.id);
        else now.delete(change.id);
      }
      experiment.select(now);
    },
    [experiment],
  );
  const onEdgesChange = useCallback((changes: EdgeChange<StudioEdge>[]) => setEdges((before) => applyEdgeChanges(changes, before)), []);

  const onMoved = useCallback(
    (_: unknown, __: StudioNode, moved: StudioNode[]) => {
      dragging.current = false;
      const { positions } = experiment.use.getState().graph;
      const changed = moved.filter(({ id, position }) => positions.get(id)?.x !== position.x || positions.get(id)?.y !== position.y);
      if (changed.length === 0) return;
      const edit: Edit = { kind: "move", positions: Object.fromEntries(changed.map(({ id, position }) => [id, { x: position.x, y: position.y }])) };
      experiment.act("move", changed[0]?.id ?? "", [edit]);
    },
    [experiment],
  );

  const onConnect = useCallback(
    (made: FlowConnection) => {
      wire(experiment, { node: made.source, output: made.sourceHandle ?? "" }, { node: made.target, input: made.targetHandle ?? "" });
    },
    [experiment],
  );
  const isValidConnection = useCallback(
    (made: FlowConnection | StudioEdge) => {
      const from = { node: made.source, output: made.sourceHandle ?? "" };
      return "connection" in connect(experiment.use.getState().graph, from, { node: made.target, input: made.targetHandle ?? "" });
    },
    [experiment],
  );
  const onConnectEnd = useCallback(
    (_: unknown, ended: FinalConnectionState) => {
      if (ended.isValid || !ended.fromHandle || !ended.toHandle) return;
      const [source, target] = ended.fromHandle.type === "source" ? [ended.fromHandle, ended.toHandle] : [ended.toHandle, ended.fromHandle];
      if (source.type === target.type) return;
      const attempt = connect(experiment.use.getState().graph, { node: source.nodeId, output: source.id ?? "" }, { node: target.nodeId, input: target.id ?? "" });
      if ("refusal" in attempt) toast(words.refusal(attempt.refusal), { look: "refused" });
    },
    [experiment, words],
  );

  const onDrop = useCallback(
    (event: DragEvent) => {
      const subject = readSubject(event.dataTransfer.getData(DRAGGED));
      if (!subject) return;
      event.preventDefault();
      const point = screenToFlowPosition({ x: event.clientX, y: event.clientY });
      onAdd(subject, { x: point.x - NODE_WIDTH / 2, y: point.y - GRID });
    },
    [onAdd, screenToFlowPosition],
  );
  const onDragOver = useCallback((event: DragEvent) => {
    if (!event.dataTransfer.types.includes(DRAGGED)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  }, []);
  const labels = useMemo(
    () => {
      const keys = words.canvas.nodeKeys(keyOf("open"), keyOf("remove"));
      return {
        "node.a11yDescription.default": keys,
        "node.a11yDescription.keyboardDisabled": keys,
        "edge.a11yDescription.default": words.canvas.wireKeys(keyOf("remove")),
      };
    },
    [words, keyOf],
  );
  const zoom = useStore((state) => (state.transform[2] >= 0.7 ? "near" : state.transform[2] >= 0.35 ? "mid" : "far"));

  return (
    <ReactFlow<StudioNode, StudioEdge>
      className={zoom}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onNodeDragStart={() => { dragging.current = true; }}
      onNodeDragStop={onMoved}
      onConnect={onConnect}
      onConnectEnd={onConnectEnd}
      isValidConnection={isValidConnection}
      onNodeDoubleClick={(_, node) => onOpen(node.id)}
      onEdgeDoubleClick={(_, edge) => edge.data && experiment.act("cut", edge.data.wire.to.node, [{ kind: "disconnect", node: edge.data.wire.to.node, input: edge.data.wire.to.input }])}
      onDrop={onDrop}
      onDragOver={onDragOver}
      nodesDraggable={!readOnly}
      nodesConnectable={!readOnly}
      colorMode={theme}
      fitView={beginning === null}
      defaultViewport={beginning ?? BEGINNING}
      fitViewOptions={FIT}
      minZoom={0.05}
      maxZoom={2}
      snapToGrid
      snapGrid={SNAP}
      connectOnClick={false}
      connectionRadius={24}
      selectionMode={SelectionMode.Partial}
      deleteKeyCode={null}
      multiSelectionKeyCode={["Shift", "Meta", "Control"]}
      disableKeyboardA11y
      ariaLabelConfig={labels}
      zoomOnDoubleClick={false}
      elevateNodesOnSelect={false}
      onlyRenderVisibleElements={nodes.length > MOST_RENDERED}
    >
      <Background gap={GRID} size={1} />
      {children}
      {nodes.length >= MAP_FROM && <MiniMap pannable zoomable nodeStrokeWidth={3} ariaLabel={words.canvas.outline} />}
    </ReactFlow>
  );
});


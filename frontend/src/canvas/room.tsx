/** The room around the canvas: bar, banners, panes, strip, and what the keys and commands do. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ModuleDocument } from "../api/graph_document";
import { datasetsQuery, modulesQuery, savedQuery } from "../api/queries";
import { type Point, versionOf } from "../graph/graph";
import { isForService } from "../graph/service";
import { NODE_HEIGHT, NODE_WIDTH } from "../graph/sizes";
import { useWidth } from "../look/grip";
import { HeldKeys } from "../look/held_keys";
import { onUse, useSoon } from "../look/on_use";
import { toast } from "../look/toast";
import { useTroubleText } from "../look/trouble";
import { Palette } from "../panels/palette/palette";
import { NodeProperties, Properties } from "../panels/properties/properties";
import { RunStrip } from "../panels/run/strip";
import { deviceAddress, outputAddress } from "../shell/addresses";
import { useShownKeys } from "../shell/chosen_keys";
import { type Command, usePageCommands } from "../shell/commands";
import { Frame } from "../shell/frame";
import { said } from "../words/library";
import { useWords } from "../words/words";
import { CanvasBanners } from "./banners";
import { CanvasBar } from "./bar";
import { chosenPort } from "./chosen_port";
import type { Experiment } from "./experiment";
import { Flow } from "./flow";
import { add, remove } from "./gestures";
import { type CanvasActs, useCanvasKeys } from "./keys";
import { Looking } from "./looking";
import { NextChip } from "./next_chip";
import { NodeBar } from "./node_bar";
import { ChosenPort, Legend, ZoomControls } from "./overlays";
import type { OutputOf } from "./port_menu";
import { followExperiment, type Running, type RunWish } from "./running";
import type { Own, Subject } from "./subject";
import { tidied } from "./tidy";

const choosers = () => import("./choosers");
const AddChooser = onUse(async () => (await choosers()).AddChooser, HeldKeys);
const FindChooser = onUse(async () => (await choosers()).FindChooser, HeldKeys);
const ConnectChooser = onUse(async () => (await choosers()).ConnectChooser, HeldKeys);
const CutChooser = onUse(async () => (await choosers()).CutChooser, HeldKeys);
const SetUpDialog = onUse(async () => (await import("../panels/publish/set_up_dialog")).SetUpDialog, HeldKeys);
const PublishDialog = onUse(async () => (await import("../panels/publish/publish_dialog")).PublishDialog, HeldKeys);
const OutlineChooser = onUse(async () => (await choosers()).OutlineChooser, HeldKeys);
const PortMenu = onUse(async () => (await import("./port_menu")).PortMenu, HeldKeys);
const SaveOutput = onUse(async () => (await import("./save_output")).SaveOutput, HeldKeys);
const SOON = [NodeProperties, AddChooser, FindChooser, OutlineChooser, ConnectChooser, CutChooser, PortMenu];

type Asking = { readonly menu: OutputOf } | { readonly save: OutputOf } | "outline" | "add" | "find" | "connect" | "cut" | "set up" | "publish" | null;

const NO_MODULES: readonly ModuleDocument[] = [];

/** What the workspace has to put on a canvas besides modules: datasets, then models and transforms. */
function useOwn(): readonly Own[] {
  const words = useWords();
  const { data: datasets } = useQuery(datasetsQuery);
  const { data: saved } = useQuery(savedQuery);
  return useMemo(
    () => [
      ...(datasets?.datasets ?? []).map(({ name }): Own => ({ group: words.palette.datasets, label: name, subject: { kind: "dataset", file: name } })),
      ...(saved?.saved ?? []).map(({ name, kind }): Own => ({
        group: words.palette.saved,
        label: name,
        subject: { kind: kind === "transform" ? "transform" : "trained_model", saved: name },
      })),
    ],
    [datasets, saved, words],
  );
}

interface CanvasRoomProps {
  readonly experiment: Experiment;
  /** The node that the address names, which is selected. */
  readonly first: string | null;
}

export function CanvasRoom({ experiment, first }: CanvasRoomProps) {
  const words = useWords();
  const flow = useReactFlow();
  const navigate = useNavigate();
  const modules = useQuery(modulesQuery).data?.modules ?? NO_MODULES;
  const own = useOwn();
  const name = experiment.use((state) => state.name);
  const title = experiment.use((state) => state.document.title);
  const readOnly = experiment.use((state) => state.document.shown !== "current");
  const [asking, setAsking] = useState<Asking>(null);
  const left = useWidth({ name: "palette", least: 200, most: 360, usual: 256 }, words.palette.title, "left");
  const right = useWidth({ name: "properties", least: 280, most: 480, usual: 336 }, words.properties.title, "right");

  useEffect(() => {
    document.title = `${title} – Studiolo`;
  }, [title]);

  useEffect(() => {
    if (first !== null && experiment.use.getState().graph.nodes.has(first)) experiment.select([first]);
  }, [experiment, first]);

  const onAdd = useCallback(
    (subject: Subject, at: Point | null = null, wired = true) => {
      add(experiment, modules, subject, at, wired && at === null);
      if (at === null) requestAnimationFrame(() => reveal(experiment, flow));
    },
    [experiment, modules, flow],
  );
  const onOpen = useCallback(
    (node: string) => {
      const script = experiment.use.getState().graph.nodes.get(node)?.script;
      if (script) void navigate({ to: "/experiments/$name/nodes/$node", params: { name, node } });
      else document.dispatchEvent(new Event("studiolo:properties"));
    },
    [experiment, name, navigate],
  );
  const go = useCallback(
    (node: string) => {
      experiment.select([node]);
      void flow.fitView({ nodes: [{ id: node }], maxZoom: 1, duration: 0 });
      requestAnimationFrame(() => document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node)}"]`)?.focus());
    },
    [experiment, flow],
  );
  useSoon(SOON);
  const running = useRunning(experiment);
  const acts = useActs(experiment, running, setAsking, onOpen, go);
  useCanvasKeys(experiment, flow, acts);
  usePageCommands(useCommandsOf(experiment, acts, modules, onAdd, go));

  const [one] = experiment.use((state) => state.selected);
  const close = () => setAsking(null);
  const bar = useMemo(() => !readOnly && <NodeBar experiment={experiment} acts={acts} />, [experiment, acts, readOnly]);
  return (
    <Frame
      bar={<CanvasBar experiment={experiment} acts={acts} />}
      banners={<CanvasBanners experiment={experiment} />}
      strip={<RunStrip />}
    >
      <main className="workroom" style={{ "--left": `${left.width}px`, "--right": `${right.width}px` } as React.CSSProperties}>
        <Palette modules={modules} own={own} onAdd={onAdd} grip={left.grip} />
        <section className="canvas" aria-label={words.canvas.canvas} tabIndex={-1} onFocus={(event) => selectFocused(experiment, event.target)}>
          <Looking value={acts.port}>
            <Flow experiment={experiment} readOnly={readOnly} onAdd={onAdd} onOpen={onOpen}>{bar}</Flow>
          </Looking>
          <ChosenPort experiment={experiment} />
          <Legend />
          <ZoomControls />
          <NextChip experiment={experiment} acts={acts} />
        </section>
        <Properties experiment={experiment} acts={acts} readOnly={readOnly} grip={right.grip} />
      </main>
      {asking === "add" && <AddChooser modules={modules} own={own} onAdd={(subject, wired) => onAdd(subject, null, wired)} onClose={close} />}
      {asking === "find" && <FindChooser experiment={experiment} onGo={go} onClose={close} />}
      {asking === "outline" && <OutlineChooser experiment={experiment} onGo={go} onClose={close} />}
      {typeof asking === "object" && asking !== null && "menu" in asking && (
        <PortMenu experiment={experiment} acts={acts} of={asking.menu} onSave={() => setAsking({ save: asking.menu })} onClose={() => setAsking((now) => (now === asking ? null : now))} />
      )}
      {typeof asking === "object" && asking !== null && "save" in asking && <SaveOutput experiment={experiment} of={asking.save} onClose={close} />}
      {asking === "connect" && one !== undefined && <ConnectChooser experiment={experiment} node={one} onClose={close} />}
      {asking === "cut" && one !== undefined && <CutChooser experiment={experiment} node={one} onClose={close} />}
      {asking === "set up" && <SetUpDialog experiment={experiment} onRun={acts.run} onClose={close} />}
      {asking === "publish" && <PublishDialog experiment={experiment} onClose={close} />}
    </Frame>
  );
}

/** Bring the selected node into view, if it is not. */
function reveal(experiment: Experiment, flow: ReturnType<typeof useReactFlow>): void {
  const { graph, selected } = experiment.use.getState();
  const at = [...selected].map((name) => graph.positions.get(name)).at(-1);
  const canvas = document.querySelector(".canvas")?.getBoundingClientRect();
  if (!at || !canvas) return;
  const { x, y } = flow.flowToScreenPosition(at);
  const zoom = flow.getZoom();
  const inView = x >= canvas.left && y >= canvas.top && x + NODE_WIDTH * zoom <= canvas.right && y + NODE_HEIGHT * zoom <= canvas.bottom;
  if (!inView) void flow.setCenter(at.x + NODE_WIDTH / 2, at.y + NODE_HEIGHT / 2, { zoom });
}

/** The node that Tab came to is selected, so that the panes show it. */
function selectFocused(experiment: Experiment, target: EventTarget & Element): void {
  const name = target.closest?.<HTMLElement>(".react-flow__node")?.dataset.id;
  if (name === undefined || !target.matches(":focus-visible") || experiment.use.getState().selected.has(name)) return;
  experiment.select([name]);
}

/** The runs of the experiment, and what happens to its files, as long as its page is open. */
function useRunning(experiment: Experiment): React.RefObject<Running | null> {
  const running = useRef<Running | null>(null);
  useEffect(() => {
    const followed = followExperiment(experiment);
    running.current = followed;
    return () => followed.close();
  }, [experiment]);
  return running;
}

function useActs(
  experiment: Experiment,
  running: React.RefObject<Running | null>,
  ask: (asking: Asking) => void,
  onOpen: (node: string) => void,
  go: (node: string) => void,
): CanvasActs {
  const navigate = useNavigate();
  const trouble = useTroubleText();
  return useMemo(() => {
    const { use } = experiment;
    const withOne = (act: (node: string) => void) => () => {
      const [node] = use.getState().selected;
      if (node !== undefined) act(node);
    };
    const told = (doing: Promise<void> | undefined) => void doing?.catch((error: unknown) => toast(trouble(error), { look: "refused" }));
    const run = (wish?: RunWish) => told(running.current?.run(wish));
    const selected = () => [...use.getState().selected];
    const outcome = (node: string) => use.getState().document.states[node];
    const lookAt = (node: string, port?: string) => {
      const { graph } = use.getState();
      const output = graph.nodes.get(node)?.outputs.find((one) => (port === undefined ? one.kind === "dataset" : one.name === port));
      const seen = outcome(node);
      const own = graph.nodes.get(node);
      // A dataset can be looked at before anything has run.
      if (seen === undefined && own?.kind === "dataset" && output?.kind === "dataset") {
        const version = versionOf(own);
        void navigate({ to: "/datasets/$name", params: { name: own.title }, search: version === undefined ? {} : { version } });
      }
      else if (seen === undefined || seen.state === "failed" || output?.kind !== "dataset") why(node);
      else void navigate({ to: outputAddress(seen.run, node, output.name) });
    };
    const why = (node: string) => {
      const seen = outcome(node);
      if (seen !== undefined) void navigate({ to: deviceAddress(seen.run, node) });
    };
    return {
      add: () => ask("add"),
      find: () => ask("find"),
      outline: () => ask("outline"),
      port: (node, port) => ask({ menu: { node, port } }),
      connect: withOne(() => ask("connect")),
      cut: withOne(() => ask("cut")),
      open: withOne(onOpen),
      look: withOne((node) => lookAt(node, chosenPort(node))),
      lookAt,
      why,
      go,
      tidy() {
        const { graph } = use.getState();
        const names = selected().length > 1 ? new Set(selected()) : new Set(graph.nodes.keys());
        if (names.size === 0) return;
        told(tidied(graph, names).then((positions) => experiment.act("tidy", "", [{ kind: "move", positions }])));
      },
      run: () => run(),
      runSelected: () => selected().length > 0 && run({ only: selected() }),
      runUpTo: () => selected().length > 0 && run({ up_to: selected() }),
      runFrom: () => selected().length > 0 && run({ from_here: selected() }),
      runAgain: () => run({ again: true }),
      serve: () => ask(isForService(use.getState().graph) ? "publish" : "set up"),
      stop: () => told(running.current?.stop()),
      failed(step) {
        const { document, graph } = use.getState();
        const failed = [...graph.nodes.keys()].filter((node) => document.states[node]?.state === "failed");
        const at = failed.findIndex((node) => use.getState().selected.has(node));
        const next = failed[(at + step + failed.length) % failed.length];
        if (next !== undefined) go(next);
      },
    };
  }, [experiment, running, ask, onOpen, go, navigate, trouble]);
}

function useCommandsOf(
  experiment: Experiment,
  acts: CanvasActs,
  modules: readonly ModuleDocument[],
  onAdd: (subject: Subject) => void,
  go: (node: string) => void,
): () => readonly Command[] {
  const words = useWords();
  const keyOf = useShownKeys();
  return useCallback(() => {
    const { graph } = experiment.use.getState();
    const deed = (id: string, label: string, hint: string, act: () => void): Command => ({ id, group: "commands", label, hint, act });
    return [
      deed("run", words.canvas.run, keyOf("run"), acts.run),
      deed("run selected", words.canvas.runSelected, keyOf("runSelected"), acts.runSelected),
      deed("run up to", words.canvas.runUpTo, keyOf("runUpTo"), acts.runUpTo),
      deed("run from", words.canvas.runFrom, "", acts.runFrom),
      deed("run again", words.canvas.runAgain, "", acts.runAgain),
      deed("stop", words.canvas.stop, keyOf("stop"), acts.stop),
      isForService(graph)
        ? deed("publish", words.publish.title, "", acts.serve)
        : deed("set up", words.setUp.title, "", acts.serve),
      deed("look", words.canvas.visualize, keyOf("look"), acts.look),
      deed("tidy", words.canvas.tidy, keyOf("tidy"), acts.tidy),
      deed("find", words.canvas.find, keyOf("find"), acts.find),
      deed("outline", words.canvas.outline, keyOf("outline"), acts.outline),
      deed("connect", words.canvas.connectTo, keyOf("connect"), acts.connect),
      deed("cut", words.canvas.cut, keyOf("cut"), acts.cut),
      deed("undo", words.common.undo, keyOf("undo"), () => experiment.undo()),
      deed("redo", words.common.redo, keyOf("redo"), () => experiment.redo()),
      deed("delete", words.canvas.deleteNodes, keyOf("remove"), () => remove(experiment)),
      ...[...graph.nodes.values()].map((node): Command => ({ id: `node ${node.name}`, group: "nodes", label: node.name, hint: node.title, found: node.comment, act: () => go(node.name) })),
      ...modules.map((module): Command => ({ id: `module ${module.id}`, group: "modules", label: module.name, hint: said(module.category[0] ?? ""), act: () => onAdd({ kind: "module", module: module.id }) })),
    ];
  }, [experiment, acts, modules, onAdd, go, words, keyOf]);
}

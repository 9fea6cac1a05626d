/** The room around the canvas: bar, banners, panes, strip, and what the keys and commands do. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { ModuleDocument } from "../api/graph_document";
import { datasetNamesQuery, modulesQuery } from "../api/queries";
import type { Point } from "../graph/graph";
import { useWidth } from "../look/grip";
import { Palette } from "../panels/palette/palette";
import { Properties } from "../panels/properties/properties";
import { type Command, usePageCommands } from "../shell/commands";
import { Frame } from "../shell/frame";
import { useWords } from "../words/words";
import { CanvasBanners } from "./banners";
import { CanvasBar } from "./bar";
import { AddChooser, ConnectChooser, CutChooser, FindChooser } from "./choosers";
import type { Experiment } from "./experiment";
import { Flow } from "./flow";
import { add, remove } from "./gestures";
import { type CanvasActs, useCanvasKeys } from "./keys";
import { Legend, ZoomControls } from "./overlays";
import type { Subject } from "./subject";
import { tidied } from "./tidy";

type Asking = "add" | "find" | "connect" | "cut" | null;

const NO_MODULES: readonly ModuleDocument[] = [];
const NO_FILES: readonly string[] = [];

export function CanvasRoom({ experiment }: { readonly experiment: Experiment }) {
  const words = useWords();
  const flow = useReactFlow();
  const navigate = useNavigate();
  const modules = useQuery(modulesQuery).data?.modules ?? NO_MODULES;
  const datasets = useQuery(datasetNamesQuery).data ?? NO_FILES;
  const name = experiment.use((state) => state.name);
  const title = experiment.use((state) => state.document.title);
  const readOnly = experiment.use((state) => state.document.shown !== "current");
  const [asking, setAsking] = useState<Asking>(null);
  const left = useWidth({ name: "palette", least: 200, most: 360, usual: 256 }, words.palette.title, "left");
  const right = useWidth({ name: "properties", least: 280, most: 480, usual: 336 }, words.properties.title, "right");

  useEffect(() => {
    document.title = `${title} – Studiolo`;
  }, [title]);
  useReloading(experiment);

  const onAdd = useCallback(
    (subject: Subject, at: Point | null = null, wired = true) => add(experiment, modules, subject, at, wired && at === null),
    [experiment, modules],
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
  const acts = useActs(experiment, setAsking, onOpen, go);
  useCanvasKeys(experiment, flow, acts);
  usePageCommands(useCommandsOf(experiment, acts, modules, onAdd, go));

  const [one] = experiment.use((state) => state.selected);
  const close = () => setAsking(null);
  return (
    <Frame
      bar={<CanvasBar experiment={experiment} acts={acts} />}
      banners={<CanvasBanners experiment={experiment} />}
    >
      <main className="workroom" style={{ "--left": `${left.width}px`, "--right": `${right.width}px` } as React.CSSProperties}>
        <Palette modules={modules} datasets={datasets} onAdd={onAdd} grip={left.grip} />
        <section className="canvas" aria-label={words.canvas.canvas} tabIndex={-1} onFocus={(event) => selectFocused(experiment, event.target)}>
          <Flow experiment={experiment} readOnly={readOnly} onAdd={onAdd} onOpen={onOpen} />
          <Legend />
          <ZoomControls />
        </section>
        <Properties experiment={experiment} readOnly={readOnly} grip={right.grip} />
      </main>
      {asking === "add" && <AddChooser modules={modules} datasets={datasets} onAdd={(subject, wired) => onAdd(subject, null, wired)} onClose={close} />}
      {asking === "find" && <FindChooser experiment={experiment} onGo={go} onClose={close} />}
      {asking === "connect" && one !== undefined && <ConnectChooser experiment={experiment} node={one} onClose={close} />}
      {asking === "cut" && one !== undefined && <CutChooser experiment={experiment} node={one} onClose={close} />}
    </Frame>
  );
}

/** The node that Tab came to is selected, so that the panes show it. */
function selectFocused(experiment: Experiment, target: EventTarget & Element): void {
  const name = target.closest?.<HTMLElement>(".react-flow__node")?.dataset.id;
  if (name === undefined || !target.matches(":focus-visible") || experiment.use.getState().selected.has(name)) return;
  experiment.select([name]);
}

/** An edit of the file in an editor appears when the page is looked at again. */
function useReloading(experiment: Experiment): void {
  useEffect(() => {
    const reload = () => document.visibilityState === "visible" && void experiment.reload().catch(() => {});
    document.addEventListener("visibilitychange", reload);
    window.addEventListener("focus", reload);
    return () => {
      document.removeEventListener("visibilitychange", reload);
      window.removeEventListener("focus", reload);
    };
  }, [experiment]);
}

function useActs(experiment: Experiment, ask: (asking: Asking) => void, onOpen: (node: string) => void, go: (node: string) => void): CanvasActs {
  return useMemo(() => {
    const { use } = experiment;
    const withOne = (act: (node: string) => void) => () => {
      const [node] = use.getState().selected;
      if (node !== undefined) act(node);
    };
    return {
      add: () => ask("add"),
      find: () => ask("find"),
      connect: withOne(() => ask("connect")),
      cut: withOne(() => ask("cut")),
      open: withOne(onOpen),
      look: () => {},
      async tidy() {
        const { graph, selected } = use.getState();
        const names = selected.size > 1 ? selected : new Set(graph.nodes.keys());
        const positions = await tidied(graph, names);
        experiment.act("tidy", "", [{ kind: "move", positions }]);
      },
      run: () => {},
      runSelected: () => {},
      runUpTo: () => {},
      stop: () => {},
      failed(step) {
        const { document, graph, selected } = use.getState();
        const failed = [...graph.nodes.keys()].filter((node) => document.states[node]?.state === "failed");
        const at = failed.findIndex((node) => selected.has(node));
        const next = failed[(at + step + failed.length) % failed.length];
        if (next !== undefined) go(next);
      },
    };
  }, [experiment, ask, onOpen, go]);
}

function useCommandsOf(
  experiment: Experiment,
  acts: CanvasActs,
  modules: readonly ModuleDocument[],
  onAdd: (subject: Subject) => void,
  go: (node: string) => void,
): () => readonly Command[] {
  const words = useWords();
  return useCallback(() => {
    const { graph } = experiment.use.getState();
    const deed = (id: string, label: string, hint: string, act: () => void): Command => ({ id, group: "commands", label, hint, act });
    return [
      deed("tidy", words.canvas.tidy, "Shift T", acts.tidy),
      deed("find", words.canvas.find, "Ctrl F", acts.find),
      deed("connect", words.canvas.connectTo, "C", acts.connect),
      deed("cut", words.canvas.cut, "X", acts.cut),
      deed("undo", words.common.undo, "Ctrl Z", () => experiment.undo()),
      deed("redo", words.common.redo, "Ctrl Shift Z", () => experiment.redo()),
      deed("delete", words.canvas.deleteNodes, "Del", () => remove(experiment)),
      ...[...graph.nodes.values()].map((node): Command => ({ id: `node ${node.name}`, group: "nodes", label: node.name, hint: node.title, found: node.comment, act: () => go(node.name) })),
      ...modules.map((module): Command => ({ id: `module ${module.id}`, group: "modules", label: module.name, hint: module.category[0], act: () => onAdd({ kind: "module", module: module.id }) })),
    ];
  }, [experiment, acts, modules, onAdd, go, words]);
}

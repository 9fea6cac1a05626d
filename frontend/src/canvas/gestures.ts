/** What people do on the canvas, as deeds of the experiment. */

import { client, data } from "../api/client";
import type { ModuleDocument } from "../api/graph_document";
import { clip, type Clipping, clipping, paste } from "../graph/clipboard";
import { connect, natural } from "../graph/connect";
import type { Edit } from "../graph/edits";
import type { NodeName, Point, Source, Wire } from "../graph/graph";
import { movedBy } from "../graph/move";
import { places, roomFor } from "../graph/places";
import { toast } from "../look/toast";
import { words } from "../words/words";
import type { Experiment } from "./experiment";
import { nodeOf, type Subject } from "./subject";

const BELOW = 96;

/** Draw a wire, or say why not. A wire to a taken input takes the place of the old one. */
export function wire(experiment: Experiment, from: Source, to: Wire["to"]): void {
  const { graph } = experiment.use.getState();
  const attempt = connect(graph, from, to);
  if ("refusal" in attempt) return toast(words().refusal(attempt.refusal), { look: "refused" });
  experiment.act("connect", to.node, attempt.connection.edits);
  if (!attempt.connection.replaces) return;
  const port = graph.nodes.get(to.node)?.inputs.find((input) => input.name === to.input);
  toast(words().canvas.replaced(to.node, port?.label ?? to.input), undoing(experiment));
}

export function cut(experiment: Experiment, to: Wire["to"]): void {
  experiment.act("cut", to.node, [{ kind: "disconnect", node: to.node, input: to.input }]);
}

/** Add a node: where it was dropped, or below what is selected and wired to it. */
export function add(experiment: Experiment, modules: readonly ModuleDocument[], subject: Subject, at: Point | null, wired: boolean): void {
  const { graph, selected } = experiment.use.getState();
  const node = nodeOf(subject, modules, graph.nodes);
  if (!node) return;
  const [above] = selected.size === 1 ? selected : [];
  const there = above === undefined ? undefined : places(graph).get(above);
  const lowest = Math.max(0, ...[...places(graph).values()].map((point) => point.y + BELOW));
  const wish = at ?? (there ? { x: there.x, y: there.y + BELOW } : { x: 0, y: graph.nodes.size === 0 ? 0 : lowest });
  const adding: Edit = { kind: "add_node", node, position: roomFor(graph, wish) };
  const with_it = { ...graph, nodes: new Map(graph.nodes).set(node.name, node) };
  const connection = wired && above !== undefined ? natural(with_it, above, node.name) : null;
  experiment.act("add", node.name, [adding, ...(connection?.edits ?? [])]);
  experiment.select([node.name]);
}

export function remove(experiment: Experiment): void {
  const names = [...experiment.use.getState().selected];
  if (names.length === 0) return;
  experiment.act("delete", names[0] ?? "", names.map((node) => ({ kind: "remove_node", node })));
  toast(words().canvas.deleted(names), undoing(experiment));
}

export function move(experiment: Experiment, by: Point): void {
  const { graph, selected } = experiment.use.getState();
  const edit = movedBy(graph, selected, by);
  if (edit) experiment.act("move", [...selected][0] ?? "", [edit]);
}

export async function copy(experiment: Experiment): Promise<void> {
  const { graph, selected, name } = experiment.use.getState();
  if (selected.size > 0) await navigator.clipboard.writeText(JSON.stringify(clip(placedGraph(graph), selected, name)));
}

export async function pasteClipboard(experiment: Experiment): Promise<void> {
  const copied = clipping(await navigator.clipboard.readText());
  if (!copied) return toast(words().canvas.pasteRefused, { look: "refused" });
  await pasteNodes(experiment, copied, "paste");
}

export async function duplicate(experiment: Experiment): Promise<void> {
  const { graph, selected, name } = experiment.use.getState();
  if (selected.size > 0) await pasteNodes(experiment, clip(placedGraph(graph), selected, name), "duplicate");
}

async function pasteNodes(experiment: Experiment, copied: Clipping, what: "paste" | "duplicate"): Promise<void> {
  const scripts = await scriptsOf(copied);
  const { edits, names } = paste(experiment.use.getState().graph, copied, scripts);
  experiment.act(what, names[0] ?? "", edits);
  experiment.select(names);
}

/** The texts of a clipping's scripts, by file. */
async function scriptsOf(copied: Clipping): Promise<ReadonlyMap<string, string>> {
  const files = new Set(copied.nodes.flatMap((node) => node.script ?? []));
  const texts = await Promise.all(
    [...files].map(async (file) => {
      const path = { name: copied.from, file };
      return [file, (await data(client.GET("/experiments/{name}/files/{file}", { params: { path } }))).text] as const;
    }),
  );
  return new Map(texts);
}

function placedGraph(graph: Parameters<typeof places>[0]) {
  return { ...graph, positions: places(graph) };
}

function undoing(experiment: Experiment) {
  return { action: { label: words().common.undo, act: () => experiment.undo() } };
}

export function rename(experiment: Experiment, node: NodeName, name: NodeName): void {
  experiment.act("rename", node, [{ kind: "rename_node", node, name }]);
  experiment.select([name]);
}

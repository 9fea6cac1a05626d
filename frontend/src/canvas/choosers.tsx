/** What the canvas asks by keyboard: which module to add, where a wire goes, which one to cut. */

import type { ModuleDocument } from "../api/graph_document";
import { targets } from "../graph/connect";
import { findNodes, matching } from "../graph/find";
import { wiresInto, wiresOutOf } from "../graph/graph";
import { Dialog } from "../look/dialog";
import { dataOrder } from "../graph/order";
import { Inlay, PortMark, StateMark } from "../look/marks";
import { moduleSearchText } from "../panels/palette/search_text";
import { type Choice, Chooser } from "../shell/chooser";
import { said } from "../words/library";
import { useWords } from "../words/words";
import type { Experiment } from "./experiment";
import { cut, wire } from "./gestures";
import { heldBack } from "./held_back";
import { useLiveNodes } from "./live";
import { findingsByNode, nodeShown } from "./node_state";
import { type Own, readSubject, type Subject } from "./subject";

interface AddProps {
  readonly modules: readonly ModuleDocument[];
  readonly own: readonly Own[];
  readonly onAdd: (subject: Subject, wired: boolean) => void;
  readonly onClose: () => void;
}

export function AddChooser({ modules, own, onAdd, onClose }: AddProps) {
  const words = useWords();
  const choices = (typed: string): Choice[] => [
    ...matching(typed, own, ({ label }) => label).map((one) => ({
      id: JSON.stringify(one.subject), label: one.label, group: one.group, before: <Inlay kind={one.subject.kind} category={[]} />,
    })),
    ...matching(typed, modules, moduleSearchText).map((module) => ({
      id: JSON.stringify({ kind: "module", module: module.id } satisfies Subject), label: module.name, group: words.palette.title, hint: said(module.category[0] ?? ""),
      before: <Inlay kind="module" category={module.category} />,
    })),
  ];
  const choose = (id: string, event: { readonly shiftKey: boolean }) => {
    const subject = readSubject(id);
    if (subject) onAdd(subject, !event.shiftKey);
    onClose();
  };
  return (
    <Dialog title={words.canvas.addTitle} bare onClose={onClose}>
      <Chooser label={words.canvas.addTitle} placeholder={words.canvas.addTitle} choices={choices} onChoose={choose} foot={words.canvas.addHint} />
    </Dialog>
  );
}

interface OnNode {
  readonly experiment: Experiment;
  readonly node: string;
  readonly onClose: () => void;
}

/** First the output, if there are several, then the input that it goes to. */
export function ConnectChooser({ experiment, node, onClose }: OnNode) {
  const words = useWords();
  const { graph } = experiment.use.getState();
  const outputs = graph.nodes.get(node)?.outputs ?? [];
  const all = outputs.flatMap((output) =>
    targets(graph, { node, output: output.name }).map((target) => ({ output, target, id: JSON.stringify([output.name, target.node, target.input.name]) })),
  );
  const choices = (typed: string): Choice[] =>
    matching(typed, all, ({ target, output }) => `${target.node} ${target.input.label} ${graph.nodes.get(target.node)?.title ?? ""} ${output.label}`)
      .toSorted((one, two) => outputs.indexOf(one.output) - outputs.indexOf(two.output))
      .map(({ id, output, target }) => ({
        id,
        group: output.label,
        label: `${target.node}: ${target.input.label}`,
        before: <PortMark kind={target.input.kind} full={target.occupied} />,
        hint: target.occupied ? words.canvas.connectTaken : graph.nodes.get(target.node)?.title,
      }));
  const choose = (id: string) => {
    const chosen = all.find((one) => one.id === id);
    onClose();
    if (chosen) wire(experiment, { node, output: chosen.output.name }, { node: chosen.target.node, input: chosen.target.input.name });
  };
  const title = words.canvas.connectTitle(node, outputs[0]?.label ?? "");
  return (
    <Dialog title={title} bare onClose={onClose}>
      <Chooser label={title} placeholder={title} choices={choices} empty={words.canvas.connectNone} onChoose={choose} />
    </Dialog>
  );
}

export function CutChooser({ experiment, node, onClose }: OnNode) {
  const words = useWords();
  const { graph } = experiment.use.getState();
  const there = graph.nodes.get(node);
  const all = [...(there ? wiresInto(there) : []), ...wiresOutOf(graph, node)];
  const text = (one: (typeof all)[number]) => `${one.from.node} → ${one.to.node}: ${graph.nodes.get(one.to.node)?.inputs.find((port) => port.name === one.to.input)?.label ?? one.to.input}`;
  const choices = (typed: string): Choice[] => matching(typed, all, text).map((one) => ({ id: text(one), label: text(one) }));
  const choose = (id: string) => {
    const chosen = all.find((one) => text(one) === id);
    onClose();
    if (chosen) cut(experiment, chosen.to);
  };
  const title = words.canvas.cutTitle(node);
  return (
    <Dialog title={title} bare onClose={onClose}>
      <Chooser label={title} placeholder={title} choices={choices} onChoose={choose} />
    </Dialog>
  );
}

/** Finding nodes: the others fade while the text is typed, and Enter goes to the chosen one. */
export function FindChooser({ experiment, onGo, onClose }: { readonly experiment: Experiment; readonly onGo: (node: string) => void; readonly onClose: () => void }) {
  const words = useWords();
  const { graph } = experiment.use.getState();
  const choices = (typed: string): Choice[] =>
    findNodes(graph, typed).map((name) => {
      const node = graph.nodes.get(name);
      return { id: name, label: name, hint: [node?.title, node?.comment].filter(Boolean).join(" – "), before: node && <Inlay kind={node.kind} category={node.category} /> };
    });
  const choose = (id: string) => {
    onClose();
    onGo(id);
  };
  return (
    <Dialog title={words.canvas.find} bare onClose={onClose}>
      <Chooser label={words.canvas.find} placeholder={words.canvas.find} choices={choices} empty={words.canvas.noMatch} onChoose={choose} />
    </Dialog>
  );
}

/** The nodes in the order of the data, with their states and what they are made from: the canvas as a text. */
export function OutlineChooser({ experiment, onGo, onClose }: { readonly experiment: Experiment; readonly onGo: (node: string) => void; readonly onClose: () => void }) {
  const words = useWords();
  const live = useLiveNodes();
  const { graph, document: found } = experiment.use.getState();
  const findings = findingsByNode(found.findings, graph);
  const held = heldBack(graph, found.states, live);
  const choices = (typed: string): Choice[] =>
    matching(typed, dataOrder(graph).flatMap((name) => graph.nodes.get(name) ?? []), (node) => `${node.name} ${node.title} ${node.comment}`).map((node) => {
      const shown = nodeShown(node, found.states[node.name], live.get(node.name), findings.get(node.name) ?? [], words, held.get(node.name));
      const from = [...new Set(wiresInto(node).map((one) => one.from.node))].join(", ");
      return {
        id: node.name,
        label: `${node.name}: ${node.title}`,
        before: <StateMark mark={shown.mark} />,
        hint: [from && words.canvas.madeFrom(from), shown.word, shown.figures].filter(Boolean).join(" · "),
      };
    });
  const choose = (id: string) => {
    onClose();
    onGo(id);
  };
  return (
    <Dialog title={words.canvas.outline} bare onClose={onClose}>
      <Chooser label={words.canvas.outline} placeholder={words.canvas.outline} choices={choices} empty={words.canvas.noMatch} onChoose={choose} />
    </Dialog>
  );
}

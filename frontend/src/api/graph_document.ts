/** The server's documents of an experiment as a graph, and edits of the graph as the server takes them. */

import type { Edit } from "../graph/edits";
import type { Graph, GraphNode, NodeKind, Parameter, ParameterKind, Point, Port, PortKind, Source, Value } from "../graph/graph";
import { said } from "../words/library";
import type { Schemas } from "./client";

export type ExperimentDocument = Schemas["ExperimentDocument"];
export type ModuleDocument = Schemas["ModuleDocument"];
type ApiEdit = Schemas["Edits"]["edits"][number];

/** The keys of a node's form that a graph has in a place of their own. */
const APART = new Set(["comment", "parameters", "inputs"]);

export function graphOf(document: ExperimentDocument): Graph {
  return {
    nodes: new Map(document.nodes.map((node) => [node.name, nodeOf(node)])),
    positions: new Map(Object.entries(document.positions)),
  };
}

function nodeOf(node: Schemas["GraphNode"]): GraphNode {
  const wires = node.inputs.flatMap(({ name, wire }): [string, Source][] =>
    wire ? [[name, { node: wire.node, output: wire.port }]] : [],
  );
  return {
    name: node.name,
    kind: node.kind as NodeKind,
    module: node.module,
    script: node.script,
    title: node.title,
    category: node.category,
    comment: node.comment,
    form: formOf(node.form as Record<string, Value>),
    parameters: node.parameters as Record<string, Value>,
    declared: node.declared.map(parameterOf),
    inputs: node.inputs.map(portOf),
    outputs: node.outputs.map(portOf),
    wires: Object.fromEntries(wires),
  };
}

function formOf(form: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(form).filter(([key]) => !APART.has(key)));
}

function portOf(port: Schemas["PortDeclaration"]): Port {
  return { name: port.name, label: said(port.label), kind: port.kind as PortKind, optional: port.optional };
}

export function parameterOf(parameter: Schemas["ParameterDeclaration"]): Parameter {
  return { ...parameter, label: said(parameter.label), kind: parameter.kind as ParameterKind, default: parameter.default as Value };
}

/** A new node of a module, before the server has seen it. */
export function nodeOfModule(module: ModuleDocument, name: string): GraphNode {
  return {
    name,
    kind: "module",
    module: module.id,
    script: null,
    title: module.name,
    category: module.category,
    comment: "",
    form: { module: module.id },
    parameters: {},
    declared: module.parameters.map(parameterOf),
    inputs: module.inputs.map(portOf),
    outputs: module.outputs.map(portOf),
    wires: {},
  };
}

/** A new node of a dataset file, before the server has seen it. */
export function nodeOfDataset(file: string, name: string): GraphNode {
  const kind: PortKind = /\.zip$/i.test(file) ? "zip" : "dataset";
  return {
    name,
    kind: "dataset",
    module: null,
    script: null,
    title: file,
    category: [],
    comment: "",
    form: { dataset: file },
    parameters: {},
    declared: [],
    inputs: [],
    outputs: [{ name: "dataset", label: said("Dataset"), kind, optional: false }],
    wires: {},
  };
}

/** A new node of a saved model or transform, before the server has seen it. */
export function nodeOfSaved(kind: "trained_model" | "transform", saved: string, name: string): GraphNode {
  const of_kind: PortKind = kind === "transform" ? "transform" : "model";
  return { ...nodeOfDataset(saved, name), kind, form: { [kind]: saved }, outputs: [{ name: kind, label: saved, kind: of_kind, optional: false }] };
}

export interface Changes {
  readonly edits: ApiEdit[];
  /** Moves are no part of the experiment's file. */
  readonly positions: Record<string, Point>;
}

/** Edits as requests: those of the file, and where nodes were moved to in the end. */
export function changesOf(edits: readonly Edit[]): Changes {
  const positions: Record<string, Point> = {};
  const requested = edits.flatMap((edit): ApiEdit[] => {
    if (edit.kind !== "move") return requestsOf(edit);
    Object.assign(positions, edit.positions);
    return [];
  });
  return { edits: requested, positions };
}

function requestsOf(edit: Exclude<Edit, { kind: "move" }>): ApiEdit[] {
  switch (edit.kind) {
    case "add_node":
      return [adding(edit), ...Object.entries(edit.node.wires).map(([input, from]) => connecting(edit.node.name, input, from))];
    case "connect":
      return [connecting(edit.node, edit.input, edit.from)];
    case "disconnect":
      return [{ kind: "disconnect", node: edit.node, port: edit.input }];
    case "set_comment":
      return [{ kind: "change_node", node: edit.node, keys: { comment: edit.comment || null } }];
    case "set_key":
      return [{ kind: "change_node", node: edit.node, keys: { [edit.key]: edit.value as Schemas["ChangeNode"]["keys"][string] } }];
    case "set_web_service_parameter":
      return [{ kind: edit.kind, name: edit.name, targets: [...edit.targets] }];
    case "set_parameter":
      return [{ ...edit, value: edit.value as Schemas["SetParameter"]["value"] }];
    default:
      return [edit];
  }
}

function adding({ node, position, script }: Extract<Edit, { kind: "add_node" }>): ApiEdit {
  const form: Record<string, Value> = { ...node.form };
  if (node.comment) form.comment = node.comment;
  if (Object.keys(node.parameters).length > 0) form.parameters = node.parameters;
  return {
    kind: "add_node",
    name: node.name,
    node: form as Schemas["AddNode"]["node"],
    ...(position && { x: position.x, y: position.y }),
    ...(script !== undefined && { script }),
  };
}

function connecting(node: string, input: string, from: Source): ApiEdit {
  return { kind: "connect", node, port: input, from_node: from.node, from_port: from.output };
}

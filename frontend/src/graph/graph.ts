/** An experiment's graph, as the canvas knows it: nodes, the wires into them, where they stand. */

export type PortKind = "dataset" | "model" | "transform" | "zip";

export type NodeName = string;
export type PortName = string;

export interface Port {
  readonly name: PortName;
  /** The name that people see: "Dataset1". */
  readonly label: string;
  readonly kind: PortKind;
  readonly optional: boolean;
}

/** What a parameter of a node may hold; the same values as in the experiment's file. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** A parameter that a node can have, with all that a form needs of it. */
export interface Parameter {
  readonly name: string;
  readonly label: string;
  readonly kind: ParameterKind;
  readonly required: boolean;
  readonly default: Value;
  readonly nullable: boolean;
  readonly help: string;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly choices: readonly string[];
  /** The input port whose columns are chosen from. */
  readonly port: PortName | null;
  /** Of code: "python", "sql" or "csv". */
  readonly language: string;
  /** Other parameters, each with the values at which this one is used; all must have one of them. */
  readonly used_if: Readonly<Record<string, readonly Value[]>>;
}

export type ParameterKind =
  | "integer" | "number" | "boolean" | "text" | "code" | "choice" | "columns" | "column" | "file" | "data";

export type NodeKind = "module" | "dataset" | "trained_model" | "transform";

/** One end of a wire: an output of a node. */
export interface Source {
  readonly node: NodeName;
  readonly output: PortName;
}

export interface GraphNode {
  readonly name: NodeName;
  readonly kind: NodeKind;
  /** Its module's id. */
  readonly module: string | null;
  /** The file of its script, beside the experiment. */
  readonly script: string | null;
  /** The name that people see: of the module, of the file. */
  readonly title: string;
  /** Its module's place in the palette, outermost first. */
  readonly category: readonly string[];
  /** Its keys in the experiment's file, without the comment, the parameters and the inputs. */
  readonly form: Readonly<Record<string, Value>>;
  /** The parameters that it can have. */
  readonly declared: readonly Parameter[];
  readonly comment: string;
  readonly parameters: Readonly<Record<string, Value>>;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** The wires into it, by input port. */
  readonly wires: Readonly<Record<PortName, Source>>;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Graph {
  readonly nodes: ReadonlyMap<NodeName, GraphNode>;
  /** Nodes without one are placed by `places`. */
  readonly positions: ReadonlyMap<NodeName, Point>;
}

export interface Wire {
  readonly from: Source;
  readonly to: { readonly node: NodeName; readonly input: PortName };
}

export const EMPTY: Graph = { nodes: new Map(), positions: new Map() };

/** Every wire, in the order of the nodes and their inputs. */
export function wires(graph: Graph): Wire[] {
  const found: Wire[] = [];
  for (const node of graph.nodes.values()) found.push(...wiresInto(node));
  return found;
}

export function wiresInto(node: GraphNode): Wire[] {
  return Object.entries(node.wires).map(([input, from]) => ({ from, to: { node: node.name, input } }));
}

export function wiresOutOf(graph: Graph, name: NodeName): Wire[] {
  return wires(graph).filter((wire) => wire.from.node === name);
}

/** An id that no other wire has: one input takes one wire. */
export function wireId(wire: Wire): string {
  return JSON.stringify([wire.to.node, wire.to.input]);
}

export function inputOf(graph: Graph, node: NodeName, name: PortName): Port | undefined {
  return graph.nodes.get(node)?.inputs.find((port) => port.name === name);
}

export function outputOf(graph: Graph, node: NodeName, name: PortName): Port | undefined {
  return graph.nodes.get(node)?.outputs.find((port) => port.name === name);
}

/** The nodes whose results a node's own result is made from, itself left out. */
export function above(graph: Graph, name: NodeName): Set<NodeName> {
  const found = new Set<NodeName>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const source of Object.values(graph.nodes.get(next)?.wires ?? {})) {
      if (found.has(source.node)) continue;
      found.add(source.node);
      open.push(source.node);
    }
  }
  return found;
}

/** The version of its dataset that a node names; undefined for what the file has now. */
export function versionOf({ form }: GraphNode): number | undefined {
  return typeof form["version"] === "number" ? form["version"] : undefined;
}

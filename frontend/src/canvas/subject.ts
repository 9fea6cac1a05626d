/** What can be put on the canvas: a module or a dataset file. */

import { type ModuleDocument, nodeOfDataset, nodeOfModule } from "../api/graph_document";
import type { GraphNode } from "../graph/graph";
import { freshName, wishedName } from "../graph/names";

export type Subject = { readonly kind: "module"; readonly module: string } | { readonly kind: "dataset"; readonly file: string };

/** The type of what is dragged from the palette. */
export const DRAGGED = "application/x-studiolo-subject";

export function readDragged(text: string): Subject | null {
  if (text === "") return null;
  const read = JSON.parse(text) as Partial<Subject & { module: string; file: string }>;
  if (read.kind === "module" && typeof read.module === "string") return { kind: "module", module: read.module };
  if (read.kind === "dataset" && typeof read.file === "string") return { kind: "dataset", file: read.file };
  return null;
}

/** A new node of it, under a free name; null if there is no such module. */
export function nodeOf(subject: Subject, modules: readonly ModuleDocument[], taken: { has(name: string): boolean }): GraphNode | null {
  if (subject.kind === "dataset") return nodeOfDataset(subject.file, freshName(wishedName(subject.file), taken));
  const module = modules.find((one) => one.id === subject.module);
  if (!module) return null;
  const wish = module.takes_script ? "script" : wishedName(module.id);
  return nodeOfModule(module, freshName(wish, taken));
}

/** What can be put on the canvas: a module, a dataset file, a saved model or transform. */

import { type ModuleDocument, nodeOfDataset, nodeOfModule, nodeOfSaved } from "../api/graph_document";
import type { GraphNode, PortKind } from "../graph/graph";
import { freshName, wishedName } from "../graph/names";

export type Subject =
  | { readonly kind: "module"; readonly module: string }
  | { readonly kind: "dataset"; readonly file: string }
  | { readonly kind: "trained_model" | "transform"; readonly saved: string };

/** Something of the workspace's own that can be put on the canvas. */
export interface Own {
  /** The heading in the palette. */
  readonly group: string;
  readonly label: string;
  readonly subject: Exclude<Subject, { kind: "module" }>;
}

/** The kind of the one port that it has. */
export function ownPort({ subject, label }: Own): PortKind {
  if (subject.kind === "dataset") return /\.zip$/i.test(label) ? "zip" : "dataset";
  return subject.kind === "transform" ? "transform" : "model";
}

/** The type of what is dragged from the palette. */
export const DRAGGED = "application/x-studiolo-subject";

export function readSubject(text: string): Subject | null {
  if (text === "") return null;
  const read = JSON.parse(text) as { kind?: unknown; module?: unknown; file?: unknown; saved?: unknown };
  if (read.kind === "module" && typeof read.module === "string") return { kind: "module", module: read.module };
  if (read.kind === "dataset" && typeof read.file === "string") return { kind: "dataset", file: read.file };
  if ((read.kind === "trained_model" || read.kind === "transform") && typeof read.saved === "string") return { kind: read.kind, saved: read.saved };
  return null;
}

/** A new node of it, under a free name; null if there is no such module. */
export function nodeOf(subject: Subject, modules: readonly ModuleDocument[], taken: { has(name: string): boolean }): GraphNode | null {
  if (subject.kind === "dataset") return nodeOfDataset(subject.file, freshName(wishedName(subject.file), taken));
  if (subject.kind !== "module") return nodeOfSaved(subject.kind, subject.saved, freshName(wishedName(subject.saved), taken));
  const module = modules.find((one) => one.id === subject.module);
  if (!module) return null;
  const wish = module.takes_script ? "script" : wishedName(module.id);
  return nodeOfModule(module, freshName(wish, taken));
}

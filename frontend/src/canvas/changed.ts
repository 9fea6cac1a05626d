/** What a page asks for when it hears that files of its experiment have changed. */

/** The files as the server last saw them, each as a text that changes with it. */
export interface Files {
  /** Of `experiment.yaml`; null if it is gone. */
  readonly revision: string | null;
  readonly layout: string;
  /** Of the scripts, and of what the workspace has besides. */
  readonly scripts: string;
}

/**
 * All of the document, only the positions of nodes, or nothing: a page has the answer to its own edits.
 * @param before of the event before; null for the first one: nodes may have been moved since the page read where they are
 * @param revision of the document that the page has
 */
export function changedBy(files: Files, before: Files | null, revision: string): "all" | "positions" | null {
  if (files.revision !== revision) return "all";
  if (before === null) return "positions";
  if (files.scripts !== before.scripts) return "all";
  if (files.layout !== before.layout) return "positions";
  // The connection was lost, and with it perhaps the end of a run.
  return files.revision === before.revision ? "all" : null;
}

/** The experiment of a script that is open: asked for again after each change of it, and each run. */

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { follow } from "../../api/events";
import { experimentDocument } from "../../api/experiment";
import type { ExperimentDocument } from "../../api/graph_document";
import { queries } from "../../api/queries";

/** Several changes at one time are one. */
const ASK_AFTER = 150;

export function useFollowedExperiment(name: string) {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onEvent = () => {
      clearTimeout(timer);
      // The columns at a node's inputs are asked for again, too.
      timer = setTimeout(() => void queries.invalidateQueries({ queryKey: ["experiment", name] }), ASK_AFTER);
    };
    const close = follow(`/api/experiments/${encodeURIComponent(name)}/events`, ["changed", "run"], { onEvent });
    return () => {
      clearTimeout(timer);
      close();
    };
  }, [name]);
  return useQuery({ queryKey: ["experiment", name, "script"], queryFn: () => experimentDocument(name) });
}

/** What a language server learns of a node besides its script, as a text that changes when that does: the node and those that it is wired to. */
export function wiringOf(document: ExperimentDocument, node: string): string {
  const nodes = new Map(document.nodes.map((one) => [one.name, one]));
  const inputs = nodes.get(node)?.inputs ?? [];
  return JSON.stringify([node, ...inputs.map(({ wire }) => wire?.node ?? null)].map((name) => (name === null ? null : nodes.get(name)?.form)));
}

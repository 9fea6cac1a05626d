/** The page of an experiment: its canvas, between the palette and the properties. */

import { useQuery } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";
import { experimentDocument } from "../api/experiment";
import { type Experiment, openExperiment } from "../canvas/experiment";
import { CanvasRoom } from "../canvas/room";
import { Trouble } from "../look/trouble";
import { canvasRoute } from "../shell/routes";
import { Frame } from "../shell/frame";
import { useWords } from "../words/words";

export function CanvasPage() {
  const { name } = canvasRoute.useParams();
  const { node } = canvasRoute.useSearch();
  const words = useWords();
  const query = useQuery({ queryKey: ["experiment", name, "opened"], queryFn: () => experimentDocument(name), gcTime: 0, staleTime: Number.POSITIVE_INFINITY });
  const [experiment, setExperiment] = useState<Experiment | null>(null);
  const { data: document } = query;
  useEffect(() => {
    if (!document) return undefined;
    const opened = openExperiment(document);
    setExperiment(opened);
    return () => {
      opened.close();
      setExperiment(null);
    };
  }, [document]);
  if (query.isError) {
    return (
      <Frame bar={<nav className="crumbs" aria-label={words.rail.where}><h1>{name}</h1></nav>}>
        <main className="page centred"><Trouble error={query.error} onRetry={() => void query.refetch()} /></main>
      </Frame>
    );
  }
  if (!experiment) {
    return <Frame busy bar={<nav className="crumbs" aria-label={words.rail.where}><h1>{name}</h1></nav>}><main className="page" aria-busy="true" /></Frame>;
  }
  return (
    <ReactFlowProvider key={name}>
      <CanvasRoom experiment={experiment} first={node ?? null} />
    </ReactFlowProvider>
  );
}

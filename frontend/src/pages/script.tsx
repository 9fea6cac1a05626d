/** The page of a node's script: the whole window is the editor. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, Workflow } from "lucide-react";
import { useEffect, useMemo } from "react";
import { failedText } from "../canvas/node_state";
import { Icon } from "../look/icon";
import { Trouble } from "../look/trouble";
import { useFollowedExperiment, wiringOf } from "../panels/script/followed_experiment";
import { readScript } from "../panels/script/script_file";
import { ScriptPane } from "../panels/script/script_pane";
import { Frame } from "../shell/frame";
import { scriptRoute } from "../shell/routes";
import { useWords } from "../words/words";

export function ScriptPage() {
  const words = useWords();
  const { name, node } = scriptRoute.useParams();
  const { line } = scriptRoute.useSearch();
  const experiment = useFollowedExperiment(name);
  const file = experiment.data?.nodes.find((one) => one.name === node)?.script ?? null;
  const script = useQuery({
    queryKey: ["script", name, file],
    queryFn: () => readScript(name, file ?? ""),
    enabled: file !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const state = experiment.data?.states[node];
  const problem = useMemo(
    () => (state?.state === "failed" && state.error_line !== null ? { line: state.error_line, message: failedText(state) } : null),
    [state],
  );
  // A script that is open stays open while the server can't be reached.
  const error = (experiment.data ? null : experiment.error) ?? script.error;
  useEffect(() => {
    document.title = `${node} – Studiolo`;
  }, [node]);
  return (
    <Frame
      bar={
        <>
          <nav className="crumbs" aria-label={words.rail.where}>
            <Link to="/experiments">{words.rail.experiments}</Link>
            <Icon of={ChevronRight} />
            <Link to="/experiments/$name" params={{ name }}>{experiment.data?.title ?? name}</Link>
            <Icon of={ChevronRight} />
            <h1>{node}</h1>
          </nav>
          <span className="end" />
          <Link to="/experiments/$name" params={{ name }} search={{ node }} className="b line"><Icon of={Workflow} />{words.data.backToCanvas}</Link>
        </>
      }
    >
      {error || (experiment.data && file === null) ? (
        <main className="page centred">{error ? <Trouble error={error} /> : <p className="quiet">{words.script.missing}</p>}</main>
      ) : (
        <main className="page">
          {experiment.data && script.data && file !== null && <ScriptPane key={`${node}/${file}`} experiment={name} node={node} file={file} wiring={wiringOf(experiment.data, node)} seenAt={experiment.dataUpdatedAt} first={script.data} problem={problem} line={line ?? null} />}
        </main>
      )}
    </Frame>
  );
}

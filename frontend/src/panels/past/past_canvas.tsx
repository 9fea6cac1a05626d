/** The canvas of a past run: the graph and the states as they were, or what differs from an earlier run. */

import { useNavigate } from "@tanstack/react-router";
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useMemo } from "react";
import type { ExperimentDocument } from "../../api/graph_document";
import { type Change, Changed, type Changes } from "../../canvas/changes";
import type { Experiment } from "../../canvas/experiment";
import { Flow } from "../../canvas/flow";
import { NO_RUN, useLive } from "../../canvas/live";
import type { CanvasActs } from "../../canvas/keys";
import { Looking } from "../../canvas/looking";
import { Legend, ZoomControls } from "../../canvas/overlays";
import { openPast } from "../../canvas/past";
import { ChangeMark } from "../../look/change_mark";
import { useWidth } from "../../look/grip";
import { deviceAddress, outputAddress } from "../../shell/addresses";
import { useWords } from "../../words/words";
import { Properties } from "../properties/properties";

interface PastCanvasProps {
  readonly run: string;
  readonly document: ExperimentDocument;
  /** What differs from an earlier run; null where none is compared. */
  readonly changes: Changes | null;
}

const nothing = () => {};
const CHANGES: readonly Change[] = ["added", "removed", "changed"];

export function PastCanvas({ run, document, changes }: PastCanvasProps) {
  const words = useWords();
  const experiment = useMemo(() => openPast(document), [document]);
  const acts = useActs(run, experiment);
  const right = useWidth({ name: "properties", least: 280, most: 480, usual: 336 }, words.properties.title, "right");
  // States of a run that another page followed are none of this one's.
  useEffect(() => useLive.setState(NO_RUN), []);
  return (
    <ReactFlowProvider>
      <div className="pastroom" style={{ "--right": `${right.width}px` } as React.CSSProperties}>
        <section className="canvas" aria-label={words.canvas.canvas} onFocus={(event) => selectFocused(experiment, event.target)}>
          <Changed value={changes}>
            <Looking value={acts.lookAt}>
              <Flow experiment={experiment} readOnly onAdd={nothing} onOpen={acts.why} />
            </Looking>
          </Changed>
          {changes === null ? <Legend /> : <ChangeLegend changes={changes} />}
          <ZoomControls />
        </section>
        {changes === null && <Properties experiment={experiment} acts={acts} run={run} readOnly grip={right.grip} />}
      </div>
    </ReactFlowProvider>
  );
}

/** The node that Tab came to is selected, so that its properties are shown. */
function selectFocused(experiment: Experiment, target: EventTarget & Element): void {
  const name = target.closest?.<HTMLElement>(".react-flow__node")?.dataset.id;
  if (name !== undefined && target.matches(":focus-visible")) experiment.select([name]);
}

function ChangeLegend({ changes }: { readonly changes: Changes }) {
  const words = useWords();
  const count = (change: Change) => [...changes.values()].filter((one) => one === change).length;
  return (
    <div className="float legend" role="group" aria-label={words.past.legend}>
      {CHANGES.map((change) => <ChangeMark key={change} change={change} label={`${words.past.changes[change]} ${count(change)}`} />)}
    </div>
  );
}

/** What can be done to a past run: it is looked at. */
function useActs(run: string, experiment: Experiment): CanvasActs {
  const navigate = useNavigate();
  return useMemo(() => {
    const stateOf = (node: string) => experiment.use.getState().document.states[node];
    const why = (node: string) => {
      const seen = stateOf(node);
      if (seen) void navigate({ to: deviceAddress(seen.run || run, node) });
    };
    const lookAt = (node: string, port?: string) => {
      const output = experiment.use.getState().graph.nodes.get(node)?.outputs.find((one) => (port === undefined ? one.kind === "dataset" : one.name === port));
      const seen = stateOf(node);
      if (!seen || seen.state === "failed" || output?.kind !== "dataset") why(node);
      else void navigate({ to: outputAddress(seen.run || run, node, output.name) });
    };
    return {
      add: nothing, find: nothing, connect: nothing, cut: nothing, open: nothing, look: nothing, tidy: nothing, run: nothing,
      runSelected: nothing, runUpTo: nothing, runFrom: nothing, runAgain: nothing, stop: nothing, serve: nothing, failed: nothing, go: nothing, port: nothing, outline: nothing,
      why,
      lookAt,
    };
  }, [run, experiment, navigate]);
}

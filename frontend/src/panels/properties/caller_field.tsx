/** Whether callers of the web service may set a parameter, and by what name. */

import { useEffect, useState } from "react";
import type { Experiment } from "../../canvas/experiment";
import { callerName, freeCallerName, namedForCallers } from "../../graph/callers";
import type { Parameter } from "../../graph/graph";
import { isForService } from "../../graph/service";
import { useWords } from "../../words/words";
import { TextField } from "./text_field";

interface CallerFieldProps {
  readonly experiment: Experiment;
  readonly node: string;
  readonly parameter: Parameter;
  readonly readOnly: boolean;
}

export function CallerField({ experiment, node, parameter, readOnly }: CallerFieldProps) {
  const words = useWords();
  const names = experiment.use((state) => state.document.web_service_parameters);
  const shown = experiment.use((state) => isForService(state.graph));
  const isWebServicePort = experiment.use((state) => state.graph.nodes.get(node)?.module?.startsWith("web-service-") ?? false);
  const target = `${node}.${parameter.name}`;
  const unsaved = experiment.use((state) => state.unsaved);
  // The graph does not have it, so what was wished is shown until the server has said what became of it.
  const [wished, setWished] = useState<string | null | undefined>();
  useEffect(() => {
    if (unsaved === 0) setWished(undefined);
  }, [unsaved, names]);
  const name = wished === undefined ? callerName(names, target) : wished;
  if ((!shown || isWebServicePort) && name === null) return null;
  const call = (wish: string | null) => {
    setWished(wish);
    experiment.act("parameter", node, namedForCallers(names, target, wish));
  };
  return (
    <div className="callers">
      <label className="check small">
        <input
          type="checkbox"
          checked={name !== null}
          disabled={readOnly}
          aria-label={words.publish.callersOf(parameter.label)}
          onChange={(event) => call(event.target.checked ? freeCallerName(names, parameter.name) : null)}
        />
        <span>{words.publish.callers}</span>
      </label>
      {name !== null && (
        <TextField
          label={words.publish.calledBy}
          value={name}
          mono
          readOnly={readOnly}
          refuse={(wish) => (wish.trim() === "" ? words.properties.required : "")}
          onChange={(wish) => call(wish.trim())}
        />
      )}
    </div>
  );
}

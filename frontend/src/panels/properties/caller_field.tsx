/** Whether callers of the web service may set a parameter, and by what name. */

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
  const name = callerName(names, target);
  if ((!shown || isWebServicePort) && name === null) return null;
  const call = (wish: string | null) => experiment.act("parameter", node, namedForCallers(names, target, wish));
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

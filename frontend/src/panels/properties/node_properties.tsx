/** The properties of a node: its name, its comment, and a form made of its parameters. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileCode, TriangleAlert } from "lucide-react";
import { Fragment, useEffect, useRef } from "react";
import type { Experiment } from "../../canvas/experiment";
import { rename } from "../../canvas/gestures";
import type { CanvasActs } from "../../canvas/keys";
import { useLiveNodes } from "../../canvas/live";
import { type Finding, hasResult, nodeShown } from "../../canvas/node_state";
import { type Column, inputColumnsQuery, warmUpLanguageServer } from "../../api/scripts";
import { runScriptsQuery } from "../../api/runs";
import type { Edit } from "../../graph/edits";
import { callerName } from "../../graph/callers";
import type { GraphNode, Value } from "../../graph/graph";
import { obstacleOf } from "../../graph/used";
import { Button } from "../../look/button";
import { Icon } from "../../look/icon";
import { Inlay, StateMark } from "../../look/marks";
import { findingText, reasonText } from "../../words/server";
import { useWords } from "../../words/words";
import { Access } from "./access";
import { CallerField } from "./caller_field";
import { Outputs } from "./outputs";
import { ParameterField } from "./parameter_field";
import { TextField } from "./text_field";

/** Characters of a past script; more would be slow to draw. */
const MOST_SHOWN = 100_000;

export interface NodePropertiesProps {
  readonly experiment: Experiment;
  readonly acts: CanvasActs;
  readonly node: GraphNode;
  readonly readOnly: boolean;
  /** The past run that is looked at. */
  readonly run?: string;
}

export function NodeProperties({ experiment, acts, node, readOnly, run }: NodePropertiesProps) {
  const words = useWords();
  const names = experiment.use((state) => state.graph.nodes);
  const pane = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const first = () => pane.current?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
    const comment = () => document.getElementById("comment")?.focus();
    document.addEventListener("studiolo:properties", first);
    document.addEventListener("studiolo:comment", comment);
    return () => {
      document.removeEventListener("studiolo:properties", first);
      document.removeEventListener("studiolo:comment", comment);
    };
  }, []);
  const columns = useInputColumns(experiment, node);
  const callers = experiment.use((state) => state.document.web_service_parameters);
  const isCallers = (parameter: string) => callerName(callers, `${node.name}.${parameter}`) !== null;
  const change = (parameter: string, value: Value | undefined) => {
    const edit: Edit = value === undefined
      ? { kind: "clear_parameter", node: node.name, parameter }
      : { kind: "set_parameter", node: node.name, parameter, value };
    experiment.act("parameter", node.name, [edit]);
  };
  return (
    <>
      <header>
        <div className="row"><Inlay kind={node.kind} category={node.category} /><h2 className="grow clip" title={node.title}>{node.title}</h2></div>
        <div className="nodeid">
          <span className="mute small">{words.properties.node}</span>
          <TextField
            label={words.properties.rename}
            value={node.name}
            mono
            readOnly={readOnly}
            refuse={(wish) => (wish === "" ? words.properties.required : wish !== node.name && names.has(wish) ? words.properties.nameTaken : "")}
            onChange={(wish) => rename(experiment, node.name, wish.trim())}
          />
          <TextField
            id="comment"
            label={words.canvas.comment}
            placeholder={words.properties.addComment}
            value={node.comment}
            readOnly={readOnly}
            onChange={(comment) => experiment.act("comment", node.name, [{ kind: "set_comment", node: node.name, comment }])}
          />
        </div>
      </header>
      <div className="scroll" ref={pane}>
        <Standing experiment={experiment} acts={acts} node={node} />
        {node.script !== null && (run === undefined
          ? <ScriptLink experiment={experiment.use.getState().name} node={node} />
          : <PastScript run={run} file={node.script} />)}
        {node.declared.length > 0 && (
          <div className="sec">
            {node.declared.map((parameter) => (
              <Fragment key={parameter.name}>
                <ParameterField
                  parameter={parameter}
                  value={node.parameters[parameter.name]}
                  columns={columns(parameter.port)}
                  obstacle={obstacleOf(node, parameter, isCallers)}
                  readOnly={readOnly}
                  onChange={(value) => change(parameter.name, value)}
                />
                <CallerField experiment={experiment} node={node.name} parameter={parameter} readOnly={readOnly} />
              </Fragment>
            ))}
          </div>
        )}
        {node.kind === "module" && !node.module?.startsWith("web-service-") && <Access experiment={experiment} node={node} readOnly={readOnly} />}
      </div>
      <Outputs experiment={experiment} acts={acts} node={node} />
    </>
  );
}

/** The columns at an input of the node, if a parameter names some; null where they are not known. */
function useInputColumns(experiment: Experiment, node: GraphNode): (port: string | null) => readonly Column[] | null {
  const { name, document } = experiment.use.getState();
  const namesColumns = node.declared.some((parameter) => parameter.kind === "column" || parameter.kind === "columns");
  const runs = Object.values(node.wires).map((source) => document.states[source.node]?.run).join(" ");
  const found = useQuery({ ...inputColumnsQuery(name, node.name, `${document.revision} ${runs}`), enabled: namesColumns });
  return (port) => found.data?.inputs.find((input) => input.port === port)?.columns ?? null;
}

/** Why the node is as it is, where that takes a sentence. */
function Standing({ experiment, acts, node }: { readonly experiment: Experiment; readonly acts: CanvasActs; readonly node: GraphNode }) {
  const words = useWords();
  const document = experiment.use((state) => state.document);
  const live = useLiveNodes().get(node.name);
  const findings = document.findings.filter((finding) => finding.node === node.name);
  const kept = document.states[node.name];
  const shown = nodeShown(node, kept, live, [], words);
  const failed = shown.look === "fail";
  if (findings.length === 0 && !failed && !(hasResult(kept, live) && kept?.reason)) return null;
  return (
    <div className="sec">
      {findings.map((finding) => (
        <div key={`${finding.code} ${finding.message}`} className={`note ${finding.severity === "error" ? "bad" : "warn"}`}>
          <Icon of={TriangleAlert} />
          <Mistake finding={finding} />
        </div>
      ))}
      {failed && (
        <div className="note bad">
          <StateMark mark="failed" />
          <div><b>{shown.word}.</b> {shown.cause} <Button small look="link" onClick={() => acts.why(node.name)}>{words.next.seeWhy}</Button></div>
        </div>
      )}
      {!failed && kept?.reason && !live && (
        <div className={`note ${kept.state === "kept" ? "kept" : ""}`}>
          <StateMark mark={shown.mark} /><div><b>{shown.word}.</b> {shown.look === "done" ? words.states.ranBecause(reasonText(kept.reason)) : reasonText(kept.reason)}</div>
        </div>
      )}
    </div>
  );
}

/** In Korean, the server's sentence follows: it has the names. */
function Mistake({ finding }: { readonly finding: Finding }) {
  const { text, detail } = findingText(finding);
  return <div>{text}{detail && <p className="small mute" lang="en">{detail}</p>}</div>;
}

/** The script as it was when the run began, to be read. */
function PastScript({ run, file }: { readonly run: string; readonly file: string }) {
  const words = useWords();
  const { data } = useQuery(runScriptsQuery(run));
  const text = data?.scripts[file];
  return (
    <div className="sec">
      <h3 className="mono clip" title={file}>{file}</h3>
      {text !== undefined && (
        // It scrolls, so the keys have to reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className="console card pastscript" tabIndex={0} role="region" aria-label={words.past.script(file)}>{text.slice(0, MOST_SHOWN)}</pre>
      )}
    </div>
  );
}

function ScriptLink({ experiment, node }: { readonly experiment: string; readonly node: GraphNode }) {
  const words = useWords();
  const navigate = useNavigate();
  // The language server is ready, then, when the script is opened.
  useEffect(() => warmUpLanguageServer(experiment, node.name), [experiment, node.name]);
  return (
    <div className="sec">
      <div className="row">
        <span className="mono clip grow" title={node.script ?? ""}>{node.script}</span>
        <Button
          small
          look="line"
          icon={FileCode}
          onClick={() => void navigate({ to: "/experiments/$name/nodes/$node", params: { name: experiment, node: node.name } })}
        >
          {words.properties.openScript}
        </Button>
      </div>
    </div>
  );
}

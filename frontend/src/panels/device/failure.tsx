/** Why a node failed: the sentence, the user's own lines, and the traceback as text. */

import { Link } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import type { Failure, Frame } from "../../api/runs";
import { Icon } from "../../look/icon";
import { StateMark } from "../../look/marks";
import { failureSentence, failureText } from "../../words/server";
import { useWords } from "../../words/words";
import { Variables } from "./variables";

/** Where the lines of a node's script can be opened. */
export interface ScriptPlace {
  readonly experiment: string;
  readonly node: string;
  /** The script's file name. */
  readonly script: string;
}

/** The sentence that says why, and what to do about it. */
export function FailureReason({ failure }: { readonly failure: Failure }) {
  const words = useWords();
  const { text, detail } = failureText(failure);
  const remedy = words.device.remedies[failure.remedy ?? ""];
  return (
    <section className="why" role="alert">
      <span className="bad"><StateMark mark="failed" /></span>
      <div className="grow">
        <h2>{text === failure.message ? failureSentence(failure) : text}</h2>
        {detail && (detail === failure.message ? <p className="small" lang="en">{failureSentence(failure)}</p> : <p className="small advice">{detail}</p>)}
        {remedy && <p>{remedy}</p>}
        <p className="small mute">
          {words.device.exitCode} <span className="mono">{failure.code}</span>
          {failure.classic_number !== null && ` · ${words.device.classic} ${String(failure.classic_number).padStart(4, "0")}`}
        </p>
      </div>
    </section>
  );
}

interface FailureLinesProps {
  readonly failure: Failure;
  /** null, if there is no script to open. */
  readonly place: ScriptPlace | null;
}

/** The user's own lines with their variables, and the traceback as text. */
export function FailureLines({ failure, place }: FailureLinesProps) {
  const words = useWords();
  const { frames, frames_left_out: left } = failure;
  return (
    <>
      {frames.length > 0 && (
        <section className="block">
          <h2 className="hd">{words.device.yourLines}{left > 0 && <span className="end mute">{words.device.framesLeftOut(left)}</span>}</h2>
          <ol className="frames">
            {frames.map((frame, index) => (
              // Frames of a recursion are all the same, and their order does not change.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={index}><FrameCard frame={frame} last={index === frames.length - 1} place={place} /></li>
            ))}
          </ol>
        </section>
      )}
      {failure.traceback && (
        <details className="block">
          <summary className="hd">{words.device.traceback}</summary>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className="console card" tabIndex={0}>{failure.traceback.slice(0, 200_000)}</pre>
        </details>
      )}
    </>
  );
}

function FrameCard({ frame: { file, line, function: called, source, variables }, last, place }: { readonly frame: Frame; readonly last: boolean; readonly place: ScriptPlace | null }) {
  const words = useWords();
  const where = `${file}:${line}`;
  const opens = place !== null && fileName(file) === fileName(place.script);
  return (
    <article className={`card frame ${last ? "last" : ""}`}>
      <header>
        <b className="mono">{called}</b>
        {opens ? (
          <Link to="/experiments/$name/nodes/$node" params={{ name: place.experiment, node: place.node }} search={{ line }} className="mono" title={words.device.openAtLine}>
            {where} <Icon of={Pencil} small />
          </Link>
        ) : (
          <span className="mono mute">{where}</span>
        )}
      </header>
      <code className="codeline"><span className="number">{line}</span><span>{source.slice(0, 2_000)}</span></code>
      {variables && variables.shown.length + variables.left_out > 0 && (
        <Variables shown={variables.shown} leftOut={variables.left_out} opened={last} />
      )}
    </article>
  );
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

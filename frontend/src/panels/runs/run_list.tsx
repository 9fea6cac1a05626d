/** The runs, newest first: their outcome, and what was new in each. Two of them can be compared. */

import { Link } from "@tanstack/react-router";
import type { ListedRun } from "../../api/runs";
import { StateMark } from "../../look/marks";
import { shownRun } from "../../look/states";
import type { Words } from "../../words/en";
import { newsText } from "../../words/server";
import { duration, moment, useWords } from "../../words/words";
import { experimentOf, shortRun } from "./place";

interface RunListProps {
  readonly runs: readonly ListedRun[];
  readonly chosen: readonly string[];
  readonly onChoose: (run: string, chosen: boolean) => void;
}

export function RunList({ runs, chosen, onChoose }: RunListProps) {
  const words = useWords();
  return (
    <table className="list runlist">
      <thead>
        <tr>
          <th className="tick"><span className="sr">{words.runs.compare}</span></th>
          <th className="id">{words.runs.id}</th>
          <th>{words.runs.experiment}</th>
          <th>{words.runs.state}</th>
          <th>{words.runs.started}</th>
          <th className="r">{words.runs.took}</th>
          <th>{words.runs.whatWasNew}</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => run.run !== null && (
          <RunRow key={run.run} run={run} id={run.run} place={chosen.indexOf(run.run)} onChoose={onChoose} />
        ))}
      </tbody>
    </table>
  );
}

interface RunRowProps {
  readonly run: ListedRun;
  readonly id: string;
  /** Among the chosen, from 0; -1 if it is not one of them. */
  readonly place: number;
  readonly onChoose: RunListProps["onChoose"];
}

function RunRow({ run, id, place, onChoose }: RunRowProps) {
  const words = useWords();
  const shown = shownRun(run.status, words);
  const experiment = experimentOf(run);
  const changes = run.changes.map((change) => newsText(change)).join(", ");
  return (
    <tr className={place >= 0 ? "on" : ""}>
      <td>
        <span className="check"><input type="checkbox" aria-label={words.runs.compareRun(shortRun(id))} checked={place >= 0} onChange={(event) => onChoose(id, event.target.checked)} /></span>
      </td>
      <td>
        <Link to="/runs/$run" params={{ run: id }} className="mono">{shortRun(id)}</Link>
        {place >= 0 && <span className="ty letter">{"AB"[place]}</span>}
      </td>
      <td>{experiment ? <Link to="/experiments/$name" params={{ name: experiment }}>{run.name}</Link> : run.name}</td>
      <td>
        <span className={`pill ${shown.look}`}><StateMark mark={shown.mark} small />{shown.word}<span className="mute">{partOf(run, words)}</span></span>
      </td>
      <td className="num">{run.started_at && moment(run.started_at)}</td>
      <td className="r">{took(run)}</td>
      <td className="mute" title={changes}>{changes}</td>
    </tr>
  );
}

/** What of the experiment ran, and for what, if not all of it for its results. */
function partOf({ partial, prepares }: ListedRun, words: Words): string {
  return words.runs.preparing[prepares ?? ""] ?? (partial ? words.runs.inPart : "");
}

function took({ started_at, ended_at }: ListedRun): string {
  if (!started_at || !ended_at) return "–";
  return duration((Date.parse(ended_at) - Date.parse(started_at)) / 1000);
}

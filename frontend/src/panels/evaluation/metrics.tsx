/** The figures of the models, side by side. */

import { better, dependsOnThreshold, type Scored } from "../../evaluation/compared";
import { countsAt, type Curve, figuresAt, scoreBins } from "../../evaluation/curves";
import { type Cell, shownValue } from "../../table/cells";
import { figure, share, useWords } from "../../words/words";
import { SeriesKey } from "./series";

/** The figures that Evaluate Model left: a row a model. */
export interface LeftFigures {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

interface MetricsProps {
  readonly scored: readonly Scored[];
  /** None unless there are two classes. */
  readonly curves: readonly Curve[];
  readonly threshold: number;
  readonly left: LeftFigures | undefined;
}

export function Metrics({ scored, curves, threshold, left }: MetricsProps) {
  const words = useWords().evaluation;
  const figures = curves.map((curve) => figuresAt(countsAt(curve, threshold)));
  const live = curves.length === 0 ? [] : ([["accuracy", words.accuracy], ["precision", words.precision], ["recall", words.recall], ["f1", words.f1]] as const)
    .map(([key, label]) => ({ key: label, label, cells: figures.map((of): Cell => of[key]) }));
  const others = left ? left.columns.flatMap((column, at) => (curves.length > 0 && dependsOnThreshold(column) ? [] : [{
    key: column, label: column, cells: left.rows.slice(0, 2).map((row) => row[at] ?? null),
  }])) : [];
  return (
    <aside className="pane" aria-label={words.metrics}>
      <header>
        <h2>{curves.length > 0 ? words.metricsAt(threshold) : words.metrics}</h2>
        {scored.length > 1 && <p className="small mute">{words.boldIsBetter}</p>}
      </header>
      <div className="scroll">
        <table className="list metrics">
          <thead><tr><th>{words.figure}</th>{scored.map((one, index) => <th key={`${one.node} ${one.port}`} className="r"><SeriesKey of={index} /><span className="sr">{one.model}</span></th>)}</tr></thead>
          <tbody>
            {[...live, ...others].map(({ key, label, cells }) => {
              const best = better(key, cells.map((cell) => (typeof cell === "number" ? cell : null)));
              return (
                <tr key={key}>
                  <th scope="row" title={label}>{label}</th>
                  {scored.map((one, index) => {
                    const text = shown(cells[index], cells.every(isFigure));
                    return <td key={`${one.node} ${one.port}`} className="r">{index === best ? <b>{text}</b> : text}</td>;
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
        {curves[0] && scored[0] && <ByScore curve={curves[0]} model={scored[0].model} />}
      </div>
    </aside>
  );
}

/** Whether a value is well said with three digits after the point, as shares are. */
const isFigure = (cell: Cell) => cell === null || (typeof cell === "number" && (cell === 0 || (Math.abs(cell) >= 0.001 && Math.abs(cell) < 1000)));

function shown(cell: Cell | undefined, asFigure: boolean): string {
  if (cell === null || cell === undefined) return "–";
  if (typeof cell !== "number") return shownValue(cell);
  return asFigure ? cell.toFixed(3) : figure(cell);
}

/** How many rows have a score in each tenth, and how many of them are positive. */
function ByScore({ curve, model }: { readonly curve: Curve; readonly model: string }) {
  const words = useWords().evaluation;
  const bins = scoreBins(curve, 10).filter(({ positives, negatives }) => positives + negatives > 0);
  return (
    <section className="sec">
      <h3>{words.byScore(model)}</h3>
      <table className="list byscore">
        <thead><tr><th>{words.score}</th><th className="r">{words.rows}</th><th className="r">{words.positive}</th></tr></thead>
        <tbody>
          {bins.toReversed().map(({ from, to, positives, negatives }) => (
            <tr key={from}><td>{from}–{to}</td><td className="r">{figure(positives + negatives)}</td><td className="r">{share(positives / (positives + negatives))}</td></tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

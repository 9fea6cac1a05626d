/** What Evaluate Model found: curves, the threshold, confusion matrices and figures, two models side by side. */

import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { type Evaluation, evaluationQuery, figuresQuery, runExperimentQuery } from "../../api/evaluations";
import { graphOf } from "../../api/graph_document";
import { type OutputPlace, outputQuery } from "../../api/outputs";
import { comparedBy, type Scored } from "../../evaluation/compared";
import { areaUnder, countsAt, type Curve, hasCurves, pointsOf, totals } from "../../evaluation/curves";
import { Segmented } from "../../look/segmented";
import { Trouble } from "../../look/trouble";
import { share, useWords } from "../../words/words";
import { Confusion, matrixOf } from "./confusion";
import { CurveChart } from "./curve_chart";
import { Metrics } from "./metrics";
import { SeriesName } from "./series";
import { Threshold, USUAL } from "./threshold";

const NO_CLASSES = "not-scored";
/** As many points as the server gives; a curve of that many may be a sample of a longer one. */
const MOST_POINTS = 500;

interface Judged {
  readonly scored: Scored;
  readonly evaluation: Evaluation;
}

export function EvaluationRoom({ place }: { readonly place: OutputPlace }) {
  const { run, node } = place;
  const experiment = useQuery(runExperimentQuery(run));
  const output = useQuery(outputQuery(place));
  const figures = useQuery({ ...figuresQuery(place, output.data ?? { rows: 0, bytes: 0, columns: [] }), enabled: output.data !== undefined });
  const scored = experiment.data ? comparedBy(graphOf(experiment.data), node) : [];
  const evaluations = useQueries({
    queries: scored.map((one) => ({ ...evaluationQuery({ run, node: one.node, port: one.port }), retry: false })),
  });
  const trouble = experiment.error ?? output.error;
  if (trouble) return <main className="page centred"><Trouble error={trouble} onRetry={() => { void experiment.refetch(); void output.refetch(); }} /></main>;
  if (!experiment.data || !output.data || evaluations.some(({ isPending }) => isPending)) return <main className="page" aria-busy="true" />;
  const judged = scored.flatMap((one, at): Judged[] => {
    const evaluation = evaluations[at]?.data;
    return evaluation ? [{ scored: one, evaluation }] : [];
  });
  const left = figures.data && { columns: output.data.columns.map(({ name }) => name), rows: figures.data.rows };
  // Clusters and a regression's many numbers have figures, and no classes to draw.
  const refused = evaluations.find(({ error }) => error && !(error instanceof ApiError && error.code === NO_CLASSES))?.error;
  return <Results run={run} scored={scored} judged={judged} left={left} refused={refused} />;
}

interface ResultsProps {
  readonly run: string;
  readonly scored: readonly Scored[];
  readonly judged: readonly Judged[];
  readonly left: Parameters<typeof Metrics>[0]["left"];
  readonly refused: unknown;
}

function Results({ run, scored, judged, left, refused }: ResultsProps) {
  const words = useWords().evaluation;
  const [threshold, setThreshold] = useState(USUAL);
  const curves = judged.length === scored.length ? judged.map(({ evaluation }) => evaluation.curve) : [];
  const drawn = curves.length > 0 && curves.every(hasCurves) ? curves : [];
  const first = drawn[0];
  return (
    <main className="page evaluation">
      <div className="found">
        <div className="models row">
          {scored.map((one, at) => <SeriesName key={`${one.node} ${one.port}`} of={at} scored={one} />)}
          {first && <span className="end small mute">{words.marks}</span>}
        </div>
        {Boolean(refused) && <Trouble error={refused} />}
        {first && judged[0] && (
          <>
            <Charts curves={drawn} threshold={threshold} />
            {drawn.some((curve) => curve.length >= MOST_POINTS) && <p className="small mute">{words.sampled(MOST_POINTS)}</p>}
            <Threshold curve={first} model={judged[0].scored.model} classes={judged[0].evaluation.classes} threshold={threshold} onChange={setThreshold} />
          </>
        )}
        {judged.some(({ evaluation }) => evaluation.classes.length > 0 && (first || isClassification(left?.columns))) && (
          <Confusions run={run} judged={judged} curves={drawn} threshold={threshold} />
        )}
        {!first && !refused && <p className="note">{words.noCurves}</p>}
      </div>
      <Metrics scored={scored} curves={drawn} threshold={threshold} left={left} />
    </main>
  );
}

/** A regression's labels are numbers, and a table of every pair of them says nothing. */
const isClassification = (columns: readonly string[] = []) => columns.some((name) => name.endsWith("Accuracy"));

function Charts({ curves, threshold }: { readonly curves: readonly Curve[]; readonly threshold: number }) {
  const words = useWords().evaluation;
  const areas = curves.map((curve) => areaUnder(pointsOf(curve, "roc")).toFixed(3)).join(" / ");
  const { positives, negatives } = totals(curves[0] ?? []);
  const positive = positives / (positives + negatives);
  const shared = { curves, threshold, share: positive };
  return (
    <div className="charts">
      <CurveChart {...shared} chart="roc" title={words.roc} note={words.area(areas)} across={words.falsePositiveRate} up={words.truePositiveRate} />
      <CurveChart {...shared} chart="precisionRecall" title={words.precisionRecall} note={words.sharePositive(share(positive))} across={words.recall} up={words.precision} />
      <CurveChart {...shared} chart="lift" title={words.lift} note={words.liftSays} across={words.shareOfRows} up={words.found} />
    </div>
  );
}

interface ConfusionsProps {
  readonly run: string;
  readonly judged: readonly Judged[];
  readonly curves: readonly Curve[];
  readonly threshold: number;
}

function Confusions({ run, judged, curves, threshold }: ConfusionsProps) {
  const words = useWords();
  const said = words.evaluation;
  const [look, setLook] = useState<"rows" | "shares">("rows");
  return (
    <section className="card">
      <header className="cardhead">
        <h2>{curves.length > 0 ? said.confusionAt(threshold) : said.confusion}</h2>
        <span className="end"><Segmented label={said.confusion} chosen={look} choices={[["rows", said.rows], ["shares", said.shares]]} onChoose={setLook} /></span>
      </header>
      <div className="matrices">
        {judged.map(({ scored, evaluation }, at) => {
          const curve = curves[at];
          return (
            <div key={`${scored.node} ${scored.port}`}>
              <Confusion
                of={at}
                scored={scored}
                classes={evaluation.classes}
                matrix={curve ? matrixOf(countsAt(curve, threshold)) : evaluation.confusion}
                asShares={look === "shares"}
              />
              <Link className="b link sm" to="/runs/$run/nodes/$node/outputs/$port" params={{ run, node: scored.node, port: scored.port }}>{said.openScored}<span className="sr">: {scored.model}</span></Link>
            </div>
          );
        })}
      </div>
    </section>
  );
}

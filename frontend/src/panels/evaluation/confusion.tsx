/** A confusion matrix: rows by their class, then by what the model called them. */

import type { Scored } from "../../evaluation/compared";
import type { Counts } from "../../evaluation/curves";
import { figure, share, useWords } from "../../words/words";
import { SeriesName } from "./series";

interface ConfusionProps {
  readonly of: number;
  readonly scored: Scored;
  readonly classes: readonly string[];
  /** By the actual class, then by the one that was scored; classes in their order. */
  readonly matrix: readonly (readonly number[])[];
  /** Whether shares of the class are shown, and not rows. */
  readonly asShares: boolean;
}

export function Confusion({ of, scored, classes, matrix, asShares }: ConfusionProps) {
  const words = useWords().evaluation;
  // The positive class comes first, as in the classic.
  const order = classes.map((_, at) => at).toReversed();
  const kinds = [[words.trueNegative, words.falsePositive], [words.falseNegative, words.truePositive]];
  return (
    <div>
      <SeriesName of={of} scored={scored} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="matrix" tabIndex={classes.length > 4 ? 0 : undefined} role="group" aria-label={`${words.confusion}: ${scored.model}`}>
        <table>
          <thead>
            <tr><th scope="col"><span className="sr">{words.actual}</span></th>{order.map((column) => <th key={column} scope="col">{words.scored(classes[column] ?? "")}</th>)}</tr>
          </thead>
          <tbody>
            {order.map((row) => {
              const rows = matrix[row] ?? [];
              const all = rows.reduce((sum, count) => sum + count, 0);
              return (
                <tr key={row}>
                  <th scope="row">{words.is(classes[row] ?? "")}</th>
                  {order.map((column) => {
                    const count = rows[column] ?? 0;
                    return (
                      <td key={column} className={row === column ? "right" : "wrong"}>
                        <b className="num">{asShares ? (all > 0 ? share(count / all) : "–") : figure(count)}</b>
                        {classes.length === 2 && <span className="small soft">{kinds[row]?.[column]}</span>}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** The matrix of two classes, the negative one first. */
export function matrixOf(at: Counts): readonly (readonly number[])[] {
  return [[at.true_negatives, at.false_positives], [at.false_negatives, at.true_positives]];
}

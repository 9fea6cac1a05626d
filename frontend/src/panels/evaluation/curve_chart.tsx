/** A chart of one curve a model, with a mark where the threshold is. */

import { path } from "../../charts/bars";
import { linear } from "../../charts/ticks";
import { CHARTS, type Chart, countsAt, type Curve, pointsOf } from "../../evaluation/curves";
import { SeriesMark } from "./series";

const LEFT = 34;
const TOP = 6;
const WIDTH = 258;
const HEIGHT = 224;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

interface CurveChartProps {
  readonly chart: Chart;
  readonly curves: readonly Curve[];
  readonly threshold: number;
  readonly title: string;
  /** At the right of the title. */
  readonly note: string;
  readonly across: string;
  readonly up: string;
  /** The share of positive rows, at which a precision/recall curve is no better than chance. */
  readonly share: number;
}

export function CurveChart({ chart, curves, threshold, title, note, across, up, share }: CurveChartProps) {
  const x = linear(0, 1, LEFT, LEFT + WIDTH);
  const y = linear(0, 1, TOP + HEIGHT, TOP);
  const level = chart === "precisionRecall";
  return (
    <section className="card">
      <header className="cardhead"><h2>{title}</h2><span className="end small mute num">{note}</span></header>
      <svg className="chart wide curve" viewBox="0 0 300 250" role="img" aria-label={`${title}. ${note}`}>
        {TICKS.map((tick) => (
          <g key={tick}>
            <path className="gr" d={`M${LEFT} ${y(tick)}h${WIDTH}M${x(tick)} ${TOP}v${HEIGHT}`} />
            <text x={LEFT - 6} y={y(tick) + 4} textAnchor="end">{tick}</text>
            <text x={x(tick)} y={TOP + HEIGHT + 14} textAnchor="middle">{tick}</text>
          </g>
        ))}
        <path className="chance" d={level ? `M${LEFT} ${y(share)}h${WIDTH}` : `M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} />
        {/* The first model is drawn last, above the second. */}
        {curves.map((curve, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <path key={index} className={`s${index + 1}`} d={path(pointsOf(curve, chart).map(([across, up]) => [x(across), y(up)]))} />
        )).toReversed()}
        {curves.map((curve, index) => {
          const at = CHARTS[chart](countsAt(curve, threshold));
          // oxlint-disable-next-line react/no-array-index-key
          return at && <SeriesMark key={index} of={index} x={x(at[0])} y={y(at[1])} />;
        }).toReversed()}
        <text x={LEFT + 5} y={level ? TOP + HEIGHT - 20 : TOP + 11}>↑ {up}</text>
        <text x={LEFT + WIDTH - 4} y={TOP + HEIGHT - 5} textAnchor="end">{across} →</text>
      </svg>
    </section>
  );
}

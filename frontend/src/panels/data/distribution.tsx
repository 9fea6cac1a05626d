/** The distribution of a column: its histogram, the median, and the cumulative share. */

import { bars, cumulative as cumulated, path } from "../../charts/bars";
import { linear, ticks } from "../../charts/ticks";
import { type Cell, shownValue } from "../../table/cells";
import type { Histogram } from "../../table/source";
import { amount, briefFigure, figure, useWords } from "../../words/words";

interface DistributionProps {
  readonly histogram: Histogram;
  readonly median: Cell;
  readonly log: boolean;
  readonly cumulative: boolean;
}

const WIDTH = 316;
const LEFT = 40;
const HIGH = 112;
const TOP = 14;
const BOTTOM = 18;

export function Distribution({ histogram: { edges, counts }, median, log, cumulative }: DistributionProps) {
  const words = useWords();
  const most = Math.max(1, ...counts);
  const [low, high] = [edges[0] ?? null, edges.at(-1) ?? null];
  const numeric = typeof low === "number" && typeof high === "number" && low < high;
  const width = WIDTH - LEFT - 8;
  const y = log ? (count: number) => HIGH - (Math.log10(1 + count) / Math.log10(1 + most)) * HIGH : linear(0, most, HIGH, 0);
  const drawn = bars(counts, { width, height: HIGH, log });
  const x = numeric ? linear(low, high, 0, width) : null;
  const counted = log ? [0, ...powers(most)] : ticks(0, most, 4).filter(Number.isInteger);
  return (
    <svg
      className="chart wide"
      viewBox={`0 0 ${WIDTH} ${TOP + HIGH + BOTTOM}`}
      role="img"
      aria-label={`${words.data.distribution}: ${shownValue(low)}–${shownValue(high)}`}
    >
      <g transform={`translate(${LEFT} ${TOP})`}>
        {counted.map((count) => (
          <g key={count}>
            <path className="gr" d={`M0 ${y(count)}H${width}`} />
            <text x="-6" y={y(count) + 4} textAnchor="end">{briefFigure(count)}</text>
          </g>
        ))}
        {drawn.map((bar, index) => (
          <rect key={bar.x} className="bar" {...bar}>
            <title>{`${shownValue(edges[index])} – ${shownValue(edges[index + 1])}: ${amount(counts[index] ?? 0)}`}</title>
          </rect>
        ))}
        {cumulative && <path className="s2" d={path([[0, HIGH], ...cumulated(counts).map((part, index): [number, number] => [((index + 1) / counts.length) * width, HIGH * (1 - part)])])} />}
        {x && typeof median === "number" && <Median x={x(median)} width={width} label={`${words.data.median} ${figure(median)}`} />}
        <path className="ax" d={`M0 ${HIGH + 0.5}H${width}`} />
        {x && numeric
          ? ticks(low, high, 5).map((tick) => <text key={tick} x={x(tick)} y={HIGH + 14} textAnchor="middle">{briefFigure(tick)}</text>)
          : <><text y={HIGH + 14}>{shownValue(low)}</text>{low !== high && <text x={width} y={HIGH + 14} textAnchor="end">{shownValue(high)}</text>}</>}
      </g>
    </svg>
  );
}

function Median({ x, width, label }: { readonly x: number; readonly width: number; readonly label: string }) {
  const before = x > width / 2;
  return (
    <>
      <path className="median" d={`M${x} -10V${HIGH}`} />
      <text className="strong" x={before ? x - 4 : x + 4} y="-3" textAnchor={before ? "end" : "start"}>{label}</text>
    </>
  );
}

function powers(most: number): readonly number[] {
  return Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, power) => 10 ** power);
}

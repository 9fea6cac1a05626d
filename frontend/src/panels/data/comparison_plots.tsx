/** The plots of two columns against each other. */

import { linear, ticks } from "../../charts/ticks";
import type { Box, ComparedColumns } from "../../table/source";
import { amount, briefFigure, figure, useWords } from "../../words/words";

const WIDTH = 316;
const LEFT = 44;
const TOP = 14;
const HIGH = 190;
const ROW = 26;

interface ScatterProps {
  readonly scatter: NonNullable<ComparedColumns["scatter"]>;
  readonly across: string;
  readonly up: string;
}

/** What of a text is shown in little room. */
const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** The span of numbers; one that is a single number is widened, so that it has a place. */
function span(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

export function Scatter({ scatter: { points, rows }, across, up }: ScatterProps) {
  const words = useWords();
  const [left, right] = span(points.map(({ x }) => x));
  const [low, high] = span(points.map(({ y }) => y));
  const x = linear(left, right, LEFT + 4, WIDTH - 8);
  const y = linear(low, high, TOP + HIGH - 4, TOP + 4);
  // One path for all points: thousands of elements would stop the page.
  const dots = points.map((point) => `M${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}h0`).join("");
  return (
    <figure>
      <svg className="chart wide" viewBox={`0 0 ${WIDTH} ${TOP + HIGH + 34}`} role="img" aria-label={words.compare.scatter(up.slice(0, 200), across.slice(0, 200))}>
        {ticks(low, high, 4).map((tick) => <g key={tick}><path className="gr" d={`M${LEFT} ${y(tick)}H${WIDTH}`} /><text x={LEFT - 6} y={y(tick) + 4} textAnchor="end">{briefFigure(tick)}</text></g>)}
        {ticks(left, right, 4).map((tick) => <text key={tick} x={x(tick)} y={TOP + HIGH + 14} textAnchor="middle">{briefFigure(tick)}</text>)}
        <path className="ax" d={`M${LEFT} ${TOP}V${TOP + HIGH}H${WIDTH}`} />
        <path className="dots" d={dots} />
        <text x={LEFT} y="9">↑ {cut(up, 44)}</text>
        <text x={WIDTH} y={TOP + HIGH + 30} textAnchor="end">{cut(across, 44)} →</text>
      </svg>
      <figcaption className="help">{rows > points.length ? words.compare.sampled(points.length, rows) : words.common.rows(rows)}</figcaption>
    </figure>
  );
}

interface BoxesProps {
  readonly boxes: readonly Box[];
  /** The column of numbers, and the one whose values tell the rows apart. */
  readonly of: string;
  readonly by: string;
}

export function Boxes({ boxes, of, by }: BoxesProps) {
  const words = useWords();
  const [low, high] = span(boxes.flatMap(({ minimum, maximum }) => [minimum, maximum]));
  const x = linear(low, high, 92, WIDTH - 8);
  const height = boxes.length * ROW;
  return (
    <figure>
      <svg className="chart wide" viewBox={`0 0 ${WIDTH} ${TOP + height + 34}`} role="img" aria-label={words.compare.boxes(of.slice(0, 200), by.slice(0, 200))}>
        {ticks(low, high, 4).map((tick) => <g key={tick}><path className="gr" d={`M${x(tick)} ${TOP}v${height}`} /><text x={x(tick)} y={TOP + height + 14} textAnchor="middle">{briefFigure(tick)}</text></g>)}
        {boxes.map((box, at) => {
          const middle = TOP + at * ROW + ROW / 2;
          const [from, to] = [x(box.first_quartile), x(box.third_quartile)];
          return (
            <g key={box.value}>
              <title>{`${box.value}: ${amount(box.count)}; ${[box.minimum, box.first_quartile, box.median, box.third_quartile, box.maximum].map(figure).join(", ")}`}</title>
              <text x="86" y={middle + 4} textAnchor="end">{cut(box.value, 13)}</text>
              <path className="whisker" d={`M${x(box.minimum)} ${middle}H${x(box.maximum)}M${x(box.minimum)} ${middle - 5}v10M${x(box.maximum)} ${middle - 5}v10`} />
              <rect className="box" x={from} y={middle - 8} width={Math.max(1, to - from)} height="16" />
              <path className="boxmedian" d={`M${x(box.median)} ${middle - 8}v16`} />
            </g>
          );
        })}
        <path className="ax" d={`M92 ${TOP + height}H${WIDTH}`} />
        <text x="0" y="9">{cut(by, 44)}</text>
        <text x={WIDTH} y={TOP + height + 30} textAnchor="end">{cut(of, 44)} →</text>
      </svg>
      <figcaption className="help">{words.compare.boxSays}</figcaption>
    </figure>
  );
}

interface CrosstabProps {
  readonly crosstab: NonNullable<ComparedColumns["crosstab"]>;
  readonly down: string;
  readonly across: string;
}

export function Crosstab({ crosstab: { first, second, counts }, down, across }: CrosstabProps) {
  const words = useWords();
  const most = Math.max(1, ...counts.flat());
  return (
    // Wider than the pane for many values: it scrolls.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="crosstab" tabIndex={0} role="group" aria-label={words.compare.crosstab(down.slice(0, 200), across.slice(0, 200))}>
      <table>
        <thead>
          <tr><th scope="col"><span>{`${cut(down, 30)} / ${cut(across, 30)}`}</span></th>{second.map((value) => <th key={value} scope="col" title={value}><span>{cut(value, 20)}</span></th>)}</tr>
        </thead>
        <tbody>
          {first.map((value, row) => (
            <tr key={value}>
              <th scope="row" title={value}>{cut(value, 20)}</th>
              {second.map((other, column) => {
                const count = counts[row]?.[column] ?? 0;
                return <td key={other} className={`depth${count === 0 ? 0 : Math.ceil((count / most) * 4)}`}>{amount(count)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The threshold: typed, stepped or dragged below the rows' scored probabilities. */

import { Minus, Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { bestThreshold, type Curve, readThreshold, scoreBins } from "../../evaluation/curves";
import { Button } from "../../look/button";
import { Icon } from "../../look/icon";
import { useWords } from "../../words/words";

const BINS = 20;
const WIDTH = 1000;
const HIGH = 44;
const STEP = 0.01;
export const USUAL = 0.5;

interface ThresholdProps {
  /** That of the model whose rows are shown. */
  readonly curve: Curve;
  readonly model: string;
  /** The negative class, then the positive one. */
  readonly classes: readonly string[];
  readonly threshold: number;
  readonly onChange: (threshold: number) => void;
}

export function Threshold({ curve, model, classes, threshold, onChange }: ThresholdProps) {
  const words = useWords().evaluation;
  const [negative = "", positive = ""] = classes;
  return (
    <section className="card">
      <header className="cardhead">
        <h2>{words.threshold}</h2>
        <span className="small mute clip">{words.thresholdSays(positive)}</span>
        <span className="end row">
          <TypedThreshold threshold={threshold} onChange={onChange} />
          <Button small onClick={() => onChange(bestThreshold(curve))}>{words.bestF1}</Button>
          <Button small onClick={() => onChange(USUAL)}>{words.usual}</Button>
        </span>
      </header>
      <div className="scores">
        <p className="row small">
          <i className="patch positive" />{words.upwards(positive)}
          <i className="patch negative" />{words.downwards(negative)}
          <span className="mute">{words.pale}</span>
          <span className="end mute clip">{model}</span>
        </p>
        <Scores curve={curve} threshold={threshold} label={words.scores(model)} />
        <input
          type="range"
          className="slider"
          aria-label={words.threshold}
          min={0}
          max={1}
          step={STEP}
          value={threshold}
          onChange={(event) => onChange(Number(event.target.value))}
        />
        <p className="row tiny mute num between"><span>0</span><span>0.25</span><span>0.5</span><span>0.75</span><span>1</span></p>
      </div>
    </section>
  );
}

function TypedThreshold({ threshold, onChange }: Pick<ThresholdProps, "threshold" | "onChange">) {
  const words = useWords();
  const shown = String(threshold);
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped(shown), [shown]);
  const read = readThreshold(typed);
  const take = () => (read === null ? setTyped(shown) : onChange(read));
  const stepBy = (count: number) => onChange(Math.min(1, Math.max(0, Math.round((threshold + count * STEP) * 1e6) / 1e6)));
  const steps: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
  return (
    <span className="in step num short" aria-invalid={read === null}>
      <input
        inputMode="decimal"
        aria-label={words.evaluation.typeThreshold}
        aria-invalid={read === null}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          const count = steps[event.key];
          if (event.key === "Enter") take();
          if (count === undefined) return;
          event.preventDefault();
          stepBy(count);
        }}
      />
      <button type="button" tabIndex={-1} aria-label={words.properties.less} onClick={() => stepBy(-1)}><Icon of={Minus} small /></button>
      <button type="button" tabIndex={-1} aria-label={words.properties.moreOf} onClick={() => stepBy(1)}><Icon of={Plus} small /></button>
    </span>
  );
}

/** Rows of the positive class upwards, the others downwards; pale are those that are called wrongly. */
function Scores({ curve, threshold, label }: { readonly curve: Curve; readonly threshold: number; readonly label: string }) {
  const bins = scoreBins(curve, BINS);
  const most = Math.max(Number.MIN_VALUE, ...bins.flatMap(({ positives, negatives }) => [positives, negatives]));
  const size = (rows: number) => (rows === 0 ? 0 : Math.max(1, (rows / most) * HIGH));
  const wide = WIDTH / BINS - 2;
  return (
    <svg className="chart scorebins" viewBox={`0 0 ${WIDTH} ${2 * HIGH + 2}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {bins.map(({ from, to, positives, negatives }) => {
        const called = (from + to) / 2 > threshold;
        return (
          <g key={from}>
            <rect className={called ? "positive" : "positive wrong"} x={from * WIDTH + 1} y={HIGH - size(positives)} width={wide} height={size(positives)} />
            <rect className={called ? "negative wrong" : "negative"} x={from * WIDTH + 1} y={HIGH + 2} width={wide} height={size(negatives)} />
          </g>
        );
      })}
      <path className="ax" d={`M0 ${HIGH + 1}H${WIDTH}`} />
      <path className="at" d={`M${threshold * WIDTH} 0V${2 * HIGH + 2}`} />
    </svg>
  );
}

/** The marks that tell two models apart without colour: round and solid, square and dashed. */

import type { Scored } from "../../evaluation/compared";

export function SeriesMark({ of, x, y }: { readonly of: number; readonly x: number; readonly y: number }) {
  return of === 0
    ? <circle className="m1" cx={x} cy={y} r="5" />
    : <rect className="m2" x={x - 4.5} y={y - 4.5} width="9" height="9" />;
}

export function SeriesKey({ of }: { readonly of: number }) {
  return (
    <svg className="chart serieskey" viewBox="0 0 22 12" aria-hidden="true">
      <path className={`s${of + 1}`} d="M0 6H22" />
      <SeriesMark of={of} x={11} y={6} />
    </svg>
  );
}

export function SeriesName({ of, scored }: { readonly of: number; readonly scored: Scored }) {
  return <span className="row"><SeriesKey of={of} /><b className="clip">{scored.model}</b><span className="mute mono clip">{scored.node}</span></span>;
}

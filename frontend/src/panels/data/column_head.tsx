/** The header of a column: its name, type, share missing and shape in small; a press sorts by it. */

import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import { Fragment } from "react";
import { bars, coarser } from "../../charts/bars";
import { Icon } from "../../look/icon";
import { shownEnds, shownValue, typeBadge } from "../../table/cells";
import { nameParts } from "../../table/columns";
import type { Column, ColumnProfile, RowOrder } from "../../table/source";
import { amount, share, useWords } from "../../words/words";

export const HEAD_HEIGHT = 118;
const SPARK = { width: 120, height: 34 };
const SPARK_BARS = 24;
const MANY_MISSING = 0.2;

interface ColumnHeadProps {
  readonly at: number;
  readonly column: Column;
  readonly profile: ColumnProfile | undefined;
  readonly rows: number;
  readonly left: number;
  readonly width: number;
  readonly order: RowOrder;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly onSort: (order: RowOrder) => void;
}

export function ColumnHead({ at, column, profile, rows, left, width, order, chosen, onChoose, onSort }: ColumnHeadProps) {
  const words = useWords();
  const sorted = order.sort === column.name ? (order.descending ? "descending" : "ascending") : "none";
  const next: RowOrder = { ...order, sort: sorted === "descending" ? null : column.name, descending: sorted === "ascending" };
  const does = { none: words.data.sortUp, ascending: words.data.sortDown, descending: words.data.unsorted }[sorted];
  const missing = profile && rows > 0 ? profile.missing / rows : 0;
  return (
    <div className={`columnhead ${chosen ? "picked" : ""}`} role="columnheader" aria-colindex={at + 2} aria-sort={sorted} style={{ left, width, height: HEAD_HEIGHT }}>
      <span className="row top">
        <button type="button" className="name" title={column.name} onClick={onChoose}>{nameParts(column.name).map((part, index) => <Fragment key={`${index} ${part}`}>{index > 0 && <wbr />}{part}</Fragment>)}</button>
        <button type="button" className={`sort ${sorted === "none" ? "" : "on"}`} aria-label={`${does}: ${column.name.slice(0, 80)}`} title={does} onClick={() => onSort(next)}>
          <Icon of={{ none: ArrowUpDown, ascending: ArrowUp, descending: ArrowDown }[sorted]} small />
        </button>
      </span>
      <span className="row typerow">
        <span className="ty" title={column.type}>{typeBadge(column.type)}</span>
        {profile && (
          <span className={`end ${missing >= MANY_MISSING ? "warn" : ""}`}>
            {profile.missing === 0 ? words.data.none : words.data.missingShare(share(missing))}
          </span>
        )}
      </span>
      {profile && <Shape profile={profile} />}
    </div>
  );
}

function Shape({ profile }: { readonly profile: ColumnProfile }) {
  if (profile.histogram) return <Spark profile={profile} counts={profile.histogram.counts} />;
  if (!profile.top_values?.length) return null;
  const most = Math.max(1, ...profile.top_values.map(({ count }) => count));
  return (
    <>
      <span className="topvalues">
        {profile.top_values.slice(0, 2).map(({ value, count }) => (
          <span key={String(value)} className="row">
            <b className="clip" title={shownValue(value).slice(0, 200)}>{shownValue(value).slice(0, 60)}</b>
            <svg className="chart" viewBox="0 0 40 8" preserveAspectRatio="none" aria-hidden="true"><rect className="bar" width={Math.max(1, (count / most) * 40)} height="8" /></svg>
            <span>{amount(count)}</span>
          </span>
        ))}
      </span>
      <Ends low={null} high={null} unique={profile.unique} />
    </>
  );
}

function Spark({ profile, counts }: { readonly profile: ColumnProfile; readonly counts: readonly number[] }) {
  const [low, high] = shownEnds(profile.statistics?.minimum ?? null, profile.statistics?.maximum ?? null);
  return (
    <>
      <svg className="chart spark" viewBox={`0 0 ${SPARK.width} ${SPARK.height}`} preserveAspectRatio="none" aria-hidden="true">
        {bars(coarser(counts, SPARK_BARS), SPARK).map((bar) => <rect key={bar.x} className="bar" {...bar} />)}
      </svg>
      <Ends low={low} high={high} unique={profile.unique} />
    </>
  );
}

function Ends({ low, high, unique }: { readonly low: string | null; readonly high: string | null; readonly unique: number }) {
  const words = useWords();
  return (
    <span className="ends num">
      {low === null || high === null ? <span className="clip">{words.data.values(unique)}</span> : <><span className="clip" title={low}>{low}</span>{low !== high && <span className="clip" title={high}>{high}</span>}</>}
    </span>
  );
}

/** The pane of a column: the classic figures, and its distribution. */

import { useState } from "react";
import { Select } from "../../look/select";
import { type Cell, shownValue, typeBadge } from "../../table/cells";
import type { ColumnProfile } from "../../table/source";
import { amount, share, useWords } from "../../words/words";
import { Distribution } from "./distribution";

/** The number of bins of a histogram. */
export interface Bins {
  readonly now: number;
  readonly set: (bins: number) => void;
}

const SHOWN_OF_NAME = 200;
const BINS = [5, 10, 24, 50, 100] as const;

interface StatisticsProps {
  readonly at: number;
  readonly columns: number;
  readonly rows: number;
  readonly profile: ColumnProfile;
  readonly bins: Bins;
}

export function Statistics({ at, columns, rows, profile, bins }: StatisticsProps) {
  const words = useWords();
  const [look, setLook] = useState({ log: false, cumulative: false });
  const of = profile.statistics;
  const figures: readonly (readonly [string, Cell | undefined])[] = of
    ? [
        [words.data.mean, of.mean],
        [words.data.median, of.median],
        [words.data.min, of.minimum],
        [words.data.firstQuartile, of.first_quartile],
        [words.data.thirdQuartile, of.third_quartile],
        [words.data.max, of.maximum],
        [words.data.deviation, of.standard_deviation],
      ]
    : [];
  return (
    <>
      <header>
        <span className="small mute">{words.data.column(at + 1, columns)}</span>
        <h2 className="columnname">{profile.name.length > SHOWN_OF_NAME ? `${profile.name.slice(0, SHOWN_OF_NAME)}…` : profile.name}</h2>
      </header>
      <section className="sec">
        <dl className="kv">
          {figures.map(([label, value]) => <Figure key={label} label={label} value={shownValue(value)} />)}
          <Figure label={words.data.unique} value={amount(profile.unique)} />
          <Figure label={words.data.missingValues} value={rows > 0 ? `${amount(profile.missing)} (${share(profile.missing / rows)})` : amount(profile.missing)} />
          {profile.infinite > 0 && <Figure label={words.data.infinite} value={amount(profile.infinite)} />}
          <Figure label={words.data.type} value={`${typeBadge(profile.type)} · ${profile.type}`} />
          <Figure label={words.data.featureType} value={profile.feature_type} />
        </dl>
      </section>
      {profile.histogram && (
        <section className="sec">
          <h3>{words.data.distribution}</h3>
          <Distribution histogram={profile.histogram} median={of?.median ?? null} {...look} />
          <div className="row">
            <Check label={words.data.logScale} on={look.log} onChange={(log) => setLook({ ...look, log })} />
            <label className="row small binsrow">{words.data.bins} <Select low label={words.data.bins} value={String(bins.now)} choices={BINS.map((count) => [String(count), String(count)] as const)} onChange={(count) => bins.set(Number(count))} /></label>
            <Check label={words.data.cumulative} on={look.cumulative} onChange={(cumulative) => setLook({ ...look, cumulative })} />
          </div>
        </section>
      )}
      {profile.top_values && profile.top_values.length > 0 && (
        <section className="sec">
          <h3>{words.data.topValues}</h3>
          <TopValues profile={profile} />
        </section>
      )}
    </>
  );
}

function Figure({ label, value }: { readonly label: string; readonly value: string }) {
  return <><dt>{label}</dt><dd>{value}</dd></>;
}

function Check({ label, on, onChange }: { readonly label: string; readonly on: boolean; readonly onChange: (on: boolean) => void }) {
  return (
    <label className="check small">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}

function TopValues({ profile }: { readonly profile: ColumnProfile }) {
  const words = useWords();
  const values = profile.top_values ?? [];
  const most = Math.max(1, ...values.map(({ count }) => count));
  const others = profile.count - values.reduce((sum, { count }) => sum + count, 0);
  return (
    <ol className="toplist">
      {values.map(({ value, count }) => (
        <li key={String(value)}>
          <span className="clip" title={shownValue(value).slice(0, 1000)}>{shownValue(value).slice(0, 200) || "\u00a0"}</span>
          <svg className="chart" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect className="bar" width={Math.max(1, (count / most) * 100)} height="8" /></svg>
          <span className="r">{amount(count)}</span>
        </li>
      ))}
      {others > 0 && <li className="mute"><span>{words.data.others}</span><span /><span className="r">{amount(others)}</span></li>}
    </ol>
  );
}

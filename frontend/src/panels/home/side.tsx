/** Beside the experiments: what has run lately, and the samples. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { samplesQuery } from "../../api/queries";
import { Button } from "../../look/button";
import { StateMark } from "../../look/marks";
import { shownRun } from "../../look/states";
import { said } from "../../words/library";
import { moment, useWords } from "../../words/words";
import type { Listed } from "./experiments";
import { useOpenSample } from "./open_sample";

const MOST = 6;

export function Lately({ experiments }: { readonly experiments: readonly Listed[] }) {
  const words = useWords();
  const ran = experiments
    .filter((one) => one.last_run?.started_at)
    .toSorted((one, two) => (two.last_run?.started_at ?? "").localeCompare(one.last_run?.started_at ?? ""))
    .slice(0, MOST);
  if (ran.length === 0) return null;
  return (
    <section className="side">
      <h2 className="hd">{words.home.lately}</h2>
      <ul>
        {ran.map((one) => {
          const shown = shownRun(one.last_run?.status ?? null, words);
          return (
            <li key={one.name} className="row">
              <span className={shown.look}><StateMark mark={shown.mark} /></span>
              <Link to="/experiments/$name" params={{ name: one.name }} className="grow clip" title={shown.word}>{one.title}</Link>
              <span className="mute num nowrap">{moment(one.last_run?.started_at ?? "")}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function Samples() {
  const words = useWords();
  const { data: samples } = useQuery(samplesQuery);
  const open = useOpenSample();
  if (!samples) return null;
  return (
    <section className="side">
      <h2 className="hd">{words.home.samples}</h2>
      <ul>
        {samples.samples.map((one) => {
          const title = said(one.title);
          return (
            <li key={one.name} className="row">
              <span className="grow clip" title={said(one.description) || title}>{title}</span>
              <Button small look="line" aria-label={`${words.home.openSample}: ${title}`} onClick={() => open.mutate(one.name)}>{words.home.open}</Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

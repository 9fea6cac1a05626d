/** A new workspace: what to do first. */

import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { Button } from "../../look/button";
import { Inlay } from "../../look/marks";
import { useShownKeys } from "../../shell/chosen_keys";
import { said } from "../../words/library";
import { useWords } from "../../words/words";

/** The sample that a newcomer sees first. */
const FIRST = "rank-features";

interface WelcomeProps {
  readonly folder: string;
  readonly samples: readonly Schemas["SampleDocument"][];
  readonly onSample: (name: string) => void;
  readonly onNew: () => void;
}

export function Welcome({ folder, samples, onSample, onNew }: WelcomeProps) {
  const words = useWords();
  const keyOf = useShownKeys();
  const first = samples.find((one) => one.name === FIRST) ?? samples[0];
  return (
    <main className="page centred">
      <div className="welcome">
        <h2>{words.home.emptyTitle}</h2>
        <p className="soft">{words.home.emptySays(folder)}</p>
        <div className="ways">
          {first && (
            <article className="card">
              <Inlay kind="module" category={["Machine Learning"]} big />
              <h3>{words.home.seeOne}</h3>
              <p className="soft">{said(first.description) || words.home.seeOneSays}</p>
              <Button look="go" onClick={() => onSample(first.name)}>{words.home.openSample}</Button>
            </article>
          )}
          <article className="card">
            <Inlay kind="dataset" category={[]} big />
            <h3>{words.home.bring}</h3>
            <p className="soft">{words.home.bringSays}</p>
            <Link to="/datasets" className="b line">{words.home.upload}</Link>
          </article>
          <article className="card">
            <Inlay kind="module" category={["Python"]} big />
            <h3>{words.home.script}</h3>
            <p className="soft">{words.home.scriptSays}</p>
            <Button look="line" onClick={onNew}>{words.home.new}</Button>
          </article>
        </div>
        {samples.length > 1 && <SampleList samples={samples.filter((one) => one !== first)} onSample={onSample} />}
        <ol className="steps">
          {words.home.steps.map(([what, how], index) => (
            <li key={what}>
              <span className="number">{index + 1}</span>
              <span><b>{what}</b><br /><span className="soft">{how.replace("{add}", keyOf("add")).replace("{run}", keyOf("run"))}</span></span>
            </li>
          ))}
        </ol>
      </div>
    </main>
  );
}

function SampleList({ samples, onSample }: Pick<WelcomeProps, "samples" | "onSample">) {
  const words = useWords();
  return (
    <section className="samples" aria-labelledby="samples">
      <h3 id="samples">{words.home.orSample}</h3>
      <ul>
        {samples.map((one) => {
          const title = said(one.title);
          return (
            <li key={one.name}>
              <span><b>{title}</b><br /><span className="soft">{said(one.description)}</span></span>
              <Button small look="line" aria-label={`${words.home.openSample}: ${title}`} onClick={() => onSample(one.name)}>{words.home.open}</Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

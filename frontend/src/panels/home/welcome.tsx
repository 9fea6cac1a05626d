/** A new workspace: what to do first. */

import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { Button } from "../../look/button";
import { Inlay } from "../../look/marks";
import { useShownKeys } from "../../shell/chosen_keys";
import { useWords } from "../../words/words";

interface WelcomeProps {
  readonly folder: string;
  readonly sample: Schemas["SampleDocument"] | undefined;
  readonly onSample: () => void;
  readonly onNew: () => void;
}

export function Welcome({ folder, sample, onSample, onNew }: WelcomeProps) {
  const words = useWords();
  const keyOf = useShownKeys();
  return (
    <main className="page centred">
      <div className="welcome">
        <h2>{words.home.emptyTitle}</h2>
        <p className="soft">{words.home.emptySays(folder)}</p>
        <div className="ways">
          {sample && (
            <article className="card">
              <Inlay kind="module" category={["Machine Learning"]} big />
              <h3>{words.home.seeOne}</h3>
              <p className="soft">{sample.description || words.home.seeOneSays}</p>
              <Button look="go" onClick={onSample}>{words.home.openSample}</Button>
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

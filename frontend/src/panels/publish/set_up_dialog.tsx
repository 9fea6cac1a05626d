/** The dialog that sets a web service up: it asks for what the experiment leaves open. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { publishing, type SetUpChoices } from "../../api/publishing";
import { experimentsQuery } from "../../api/queries";
import type { Experiment } from "../../canvas/experiment";
import { Button } from "../../look/button";
import { Dialog } from "../../look/dialog";
import { StateMark } from "../../look/marks";
import { useTroubleText } from "../../look/trouble";
import { useWords } from "../../words/words";
import { asked, chosen, type Question, withChoice } from "./set_up_questions";

interface SetUpDialogProps {
  readonly experiment: Experiment;
  readonly onRun: () => void;
  readonly onClose: () => void;
}

const OPEN: SetUpChoices = { learner: null, inputs: [], outputs: [], replace: false };

export function SetUpDialog({ experiment, onRun, onClose }: SetUpDialogProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { name } = experiment.use.getState();
  const [choices, setChoices] = useState(OPEN);
  const [questions, setQuestions] = useState<readonly Question[]>([]);
  const setUp = useMutation({
    mutationFn: async (wish: SetUpChoices) => {
      await experiment.settled();
      return publishing.setUp(name, wish);
    },
    onSuccess: () => void queries.invalidateQueries({ queryKey: experimentsQuery.queryKey }),
    onError: (error) => {
      const question = asked(error);
      if (question) setQuestions([...questions.filter(({ field }) => field !== question.field), question]);
    },
  });
  const open = () => {
    onClose();
    void navigate({ to: "/experiments/$name", params: { name: setUp.data?.experiment ?? `${name}-service` } });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setUp.mutate(choices);
  };
  const made = setUp.data;
  const code = setUp.isError && "code" in setUp.error ? setUp.error.code : null;
  const open_question = questions.some(({ field }) => chosen(choices, field).length === 0);
  return (
    <Dialog title={words.setUp.title} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="body">
          {made ? (
            <>
              <p className="note ok"><StateMark mark="done" /><span>{words.setUp.done(made.experiment)}</span></p>
              <ul className="plain small">{made.changes.map((change) => <li key={change}>{change}</li>)}</ul>
            </>
          ) : (
            <>
              <p className="soft">{words.setUp.says}</p>
              {questions.map((question) => (
                <Choice key={question.field} question={question} choices={choices} onChange={setChoices} />
              ))}
              {setUp.isError && asked(setUp.error) === null && (
                <p className="note bad" role="alert"><StateMark mark="failed" /><span>{trouble(setUp.error)}</span></p>
              )}
            </>
          )}
        </div>
        <footer>
          <span className="grow" />
          <Button onClick={onClose}>{made ? words.common.close : words.common.cancel}</Button>
          {code === "results-outdated" && <Button look="go" onClick={() => { onClose(); onRun(); }}>{words.setUp.run}</Button>}
          {code === "service-experiment-exists" && (
            <>
              <Button look="line" onClick={open}>{words.setUp.openIt}</Button>
              <Button look="danger" onClick={() => setUp.mutate({ ...choices, replace: true })}>{words.setUp.replace}</Button>
            </>
          )}
          {made && <Button look="go" onClick={open}>{words.setUp.openMade}</Button>}
          {!made && code !== "results-outdated" && code !== "service-experiment-exists" && (
            <Button look="go" type="submit" cannot={(setUp.isPending && words.common.loading) || (open_question && words.setUp.choose)}>{words.setUp.button}</Button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly question: Question;
  readonly choices: SetUpChoices;
  readonly onChange: (choices: SetUpChoices) => void;
}

function Choice({ question: { field, says, names }, choices, onChange }: ChoiceProps) {
  return (
    <fieldset className="choice">
      <legend>{says}</legend>
      {names.map((name) => (
        <label key={name} className="check">
          <input
            type={field === "learner" ? "radio" : "checkbox"}
            name={field}
            checked={chosen(choices, field).includes(name)}
            onChange={(event) => onChange(withChoice(choices, field, name, event.target.checked))}
          />
          <span className="mono">{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

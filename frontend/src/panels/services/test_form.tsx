/** The test form of a service: filled with a sample row, sent as a caller's request is. */

import { useMutation } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type ServiceSchema, services, type Tried } from "../../api/services";
import { Button } from "../../look/button";
import { StateMark } from "../../look/marks";
import { Trouble } from "../../look/trouble";
import { type Cell, shownCell, typeBadge } from "../../table/cells";
import { failureLine, problemText } from "../../words/server";
import { useWords } from "../../words/words";
import { parameterValues } from "./parameter_values";
import { ParameterFields, type TypedParameters } from "./parameters";

interface TestFormProps {
  readonly service: string;
  readonly endpoint: string;
  readonly schema: ServiceSchema;
}

export function TestForm({ service, endpoint, schema }: TestFormProps) {
  const words = useWords();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [parameters, setParameters] = useState<TypedParameters>({});
  const value = (input: string, column: string) => typed[`${input} ${column}`] ?? String(schema.inputs[input]?.sample[column] ?? "");
  const test = useMutation({
    mutationFn: () => {
      const rows = Object.entries(schema.inputs).map(([input, { columns }]): [string, Record<string, Cell>[]] => [
        input,
        // An empty field is a missing value; the server reads every other text as the type of its column.
        [Object.fromEntries(columns.map(({ name }) => [name, value(input, name) || null]))],
      ]);
      return services.test(service, endpoint, Object.fromEntries(rows), parameterValues(schema.parameters, parameters));
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    test.mutate();
  };
  return (
    <section className="card testform" id="test">
      <form onSubmit={send}>
        <header className="row">
          <h2 className="grow">{words.services.test}</h2>
          <Button look="go" type="submit" icon={Send} cannot={test.isPending && words.common.loading}>{words.services.send}</Button>
        </header>
        {Object.entries(schema.inputs).map(([input, { columns }]) => (
          <div key={input} role="group" aria-label={input} className="inputs">
            <h3 className="hd"><span className="grow">{input}</span><span className="mute">{words.common.columns(columns.length)}</span></h3>
            {columns.map(({ name, type }) => (
              <label key={name} className="testfield">
                <span className="grow">{name.slice(0, 300)}</span>
                <span className="ty" title={type}>{typeBadge(type)}</span>
                <input className="in" value={value(input, name)} onChange={(event) => setTyped({ ...typed, [`${input} ${name}`]: event.target.value })} />
              </label>
            ))}
          </div>
        ))}
        <ParameterFields parameters={schema.parameters} typed={parameters} onType={setParameters} />
      </form>
      <div aria-live="polite">
        {test.isError && <Trouble error={test.error} />}
        {test.data && <Answer tried={test.data} />}
      </div>
    </section>
  );
}

function Answer({ tried }: { readonly tried: Tried }) {
  const words = useWords();
  return (
    <div className="answer">
      {tried.problems.map((problem) => <p key={`${problem.target} ${problem.column} ${problem.message}`} className="note bad"><StateMark mark="failed" /><span>{problemText(problem)}</span></p>)}
      {tried.failure && <p className="note bad"><StateMark mark="failed" /><span>{tried.node && <b className="mono">{tried.node}: </b>}{failureLine(tried.failure)}</span></p>}
      {Object.entries(tried.outputs).map(([output, { columns, rows }]) => (
        <section key={output}>
          <h3 className="hd">{output}</h3>
          <dl className="kv">
            {columns.map(({ name }, at) => (
              <div key={name} className="pair">
                <dt>{name.slice(0, 300)}</dt><dd>{rows.map((row) => shownCell(row[at] ?? null) ?? words.data.missing).join(", ")}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      {tried.log && <pre className="console">{tried.log.slice(0, 20_000)}</pre>}
    </div>
  );
}

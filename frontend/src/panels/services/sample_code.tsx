/** Programs that call an endpoint, as they are copied. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { programsQuery } from "../../api/services";
import { Segmented } from "../../look/segmented";
import { useWords } from "../../words/words";
import { Copyable } from "../publish/copyable";

interface SampleCodeProps {
  readonly service: string;
  readonly endpoint: string;
}

export function SampleCode({ service, endpoint }: SampleCodeProps) {
  const words = useWords();
  const { data: found } = useQuery(programsQuery(service, endpoint));
  const languages = Object.keys(found?.programs ?? {});
  const [chosen, setChosen] = useState("curl");
  const program = found?.programs[chosen];
  return (
    <section className="card samplecode" aria-busy={!found}>
      <header className="row">
        <h2 className="grow">{words.services.code}</h2>
        <Segmented label={words.services.code} chosen={chosen} choices={languages.map((one) => [one, one] as const)} onChoose={setChosen} />
      </header>
      {program !== undefined && <Copyable block label={words.services.codeSays} text={program} />}
    </section>
  );
}

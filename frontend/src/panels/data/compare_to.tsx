/** A column against another one: points, boxes or a crosstab, by the kinds of both. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Select } from "../../look/select";
import { useTroubleText } from "../../look/trouble";
import type { ComparedColumns, TableSource } from "../../table/source";
import { useWords } from "../../words/words";
import { Boxes, Crosstab, Scatter } from "./comparison_plots";

interface CompareToProps {
  readonly source: TableSource;
  /** The column that is shown. */
  readonly column: string;
}

/** Columns that the list offers; a table may have thousands. */
const MOST = 1_000;

export function CompareTo({ source, column }: CompareToProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const [other, setOther] = useState("");
  const { data: found, error, isFetching } = useQuery({
    queryKey: [...source.key, "compare", column, other],
    queryFn: ({ signal }) => source.compare(column, other, signal),
    enabled: other !== "" && other !== column,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const others = source.columns.filter(({ name }) => name !== column).slice(0, MOST);
  if (others.length === 0) return null;
  const drawn = other !== "" && other !== column ? found : undefined;
  const empty = drawn !== undefined && hasNothing(drawn);
  const shown = empty ? undefined : drawn;
  return (
    <section className="sec" aria-busy={isFetching}>
      <h3>{words.compare.title}</h3>
      <Select low label={words.compare.column} value={other === column ? "" : other} choices={[["", words.compare.choose], ...others.map(({ name }) => [name, name.slice(0, 80)] as const)]} onChange={setOther} />
      {error && <p className="help bad" role="alert">{trouble(error)}</p>}
      {empty && <p className="help">{words.compare.nothing}</p>}
      {shown?.scatter && <Scatter scatter={shown.scatter} across={column} up={other} />}
      {shown?.boxes && <Boxes boxes={shown.boxes.boxes} of={shown.boxes.by_second ? column : other} by={shown.boxes.by_second ? other : column} />}
      {shown?.crosstab && <Crosstab crosstab={shown.crosstab} down={column} across={other} />}
    </section>
  );
}

/** Whether no row has a value in both columns. */
function hasNothing({ scatter, boxes, crosstab }: ComparedColumns): boolean {
  return scatter?.rows === 0 || boxes?.boxes.length === 0 || (crosstab !== null && crosstab.counts.flat().every((count) => count === 0));
}

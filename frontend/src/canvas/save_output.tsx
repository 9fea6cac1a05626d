/** The dialog that keeps an output as a dataset, a saved model or a saved transform. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError, client, data, type Schemas } from "../api/client";
import { datasetsQuery, savedQuery } from "../api/queries";
import { Button } from "../look/button";
import { Dialog } from "../look/dialog";
import { toast } from "../look/toast";
import { useTroubleText } from "../look/trouble";
import { useWords } from "../words/words";
import type { Experiment } from "./experiment";
import type { OutputOf } from "./port_menu";

interface SaveOutputProps {
  readonly experiment: Experiment;
  readonly of: OutputOf;
  readonly onClose: () => void;
}

export function SaveOutput({ experiment, of: { node, port }, onClose }: SaveOutputProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const queries = useQueryClient();
  const { graph, document: found } = experiment.use.getState();
  const kind = graph.nodes.get(node)?.outputs.find((one) => one.name === port)?.kind ?? "dataset";
  const dataset = kind === "dataset";
  const [name, setName] = useState(dataset ? `${node}.parquet` : node);
  const save = useMutation({
    mutationFn: (replace: boolean) => {
      const path = { run: found.states[node]?.run ?? "", node, port };
      const body = { name: name.trim(), kind: kind as Schemas["SaveOutput"]["kind"], replace };
      return data(client.POST("/runs/{run}/nodes/{node}/outputs/{port}/save", { params: { path }, body }));
    },
    onSuccess: ({ saved }) => {
      void queries.invalidateQueries({ queryKey: dataset ? datasetsQuery.queryKey : savedQuery.queryKey });
      toast(words.datasets.stored(saved));
      onClose();
    },
  });
  const exists = dataset && save.error instanceof ApiError && save.error.status === 409;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(exists);
  };
  const title = kind === "zip" ? words.canvas.saveAs.dataset : words.canvas.saveAs[kind];
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <label className="f body">
          <span className="lab">{words.common.name}</span>
          <input className="in" autoFocus value={name} aria-invalid={save.isError} onChange={(event) => { setName(event.target.value); save.reset(); }} />
          {save.isError
            ? <span className="help bad" role="alert">{exists ? words.datasets.exists(name) : trouble(save.error)}</span>
            : dataset && <span className="help">{words.canvas.saveHint}</span>}
        </label>
        <footer>
          <span className="grow" />
          <Button onClick={onClose}>{words.common.cancel}</Button>
          <Button look="go" type="submit" cannot={save.isPending && words.common.loading}>{exists ? words.datasets.replace : title}</Button>
        </footer>
      </form>
    </Dialog>
  );
}

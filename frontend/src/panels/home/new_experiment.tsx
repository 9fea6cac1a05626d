/** The dialog that makes an experiment. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { client, data } from "../../api/client";
import { experimentsQuery } from "../../api/queries";
import { Button } from "../../look/button";
import { Dialog } from "../../look/dialog";
import { useTroubleText } from "../../look/trouble";
import { useWords } from "../../words/words";

export function NewExperiment({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  const trouble = useTroubleText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: () => data(client.POST("/experiments", { body: { name: name.trim(), title: "", description: "" } })),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: experimentsQuery.queryKey });
      onClose();
      void navigate({ to: "/experiments/$name", params: { name: made.name } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Dialog title={words.home.newTitle} onClose={onClose}>
      <form onSubmit={submit}>
        <label className="f body">
          <span className="lab">{words.home.newName}</span>
          <input className="in" autoFocus value={name} aria-invalid={make.isError} onChange={(event) => setName(event.target.value)} />
          {make.isError ? <span className="help bad" role="alert">{trouble(make.error)}</span> : <span className="help">{words.home.newHint}</span>}
        </label>
        <footer>
          <span className="grow" />
          <Button onClick={onClose}>{words.common.cancel}</Button>
          <Button look="go" type="submit">{words.home.create}</Button>
        </footer>
      </form>
    </Dialog>
  );
}

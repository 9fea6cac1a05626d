/** The dialog that takes a service out of use for good. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type Service, services } from "../../api/services";
import { Button } from "../../look/button";
import { Dialog } from "../../look/dialog";
import { useTroubleText } from "../../look/trouble";
import { useWords } from "../../words/words";

interface RemoveServiceProps {
  readonly service: Service;
  readonly onClose: () => void;
}

export function RemoveService({ service: { name, versions, endpoints }, onClose }: RemoveServiceProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => services.remove(name),
    onSuccess: async () => {
      await navigate({ to: "/services" });
      queries.removeQueries({ queryKey: ["services", name] });
      await queries.invalidateQueries({ queryKey: ["services"] });
    },
  });
  return (
    <Dialog title={words.services.removeAsk(name)} onClose={onClose}>
      <div className="body">
        <p>{words.services.removeSays(versions.length, endpoints.length)}</p>
        {remove.isError && <p className="help bad" role="alert">{trouble(remove.error)}</p>}
      </div>
      <footer>
        <span className="grow" />
        <Button onClick={onClose}>{words.common.cancel}</Button>
        <Button look="danger" onClick={() => remove.mutate()}>{words.services.remove}</Button>
      </footer>
    </Dialog>
  );
}

/** The two keys of an endpoint, which are replaced one at a time. */

import { useMutation } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { type KeySlot, services } from "../../api/services";
import { Button } from "../../look/button";
import { toast } from "../../look/toast";
import { useTroubleText } from "../../look/trouble";
import { useWords } from "../../words/words";
import { Copyable } from "../publish/copyable";

export function Keys({ service, endpoint }: { readonly service: string; readonly endpoint: string }) {
  const words = useWords();
  const trouble = useTroubleText();
  const [asked, setAsked] = useState<KeySlot | null>(null);
  const rotate = useMutation({
    mutationFn: (slot: KeySlot) => services.rotate(service, endpoint, slot),
    onSettled: () => setAsked(null),
    onError: (error) => toast(trouble(error), { look: "refused" }),
  });
  return (
    <div className="sec">
      <h3>{words.services.keys}</h3>
      <p className="small mute">{words.services.keysSay}</p>
      <div className="row keysrow">
        {(["primary", "secondary"] as const).map((slot) => (
          <Button
            key={slot}
            look={asked === slot ? "danger" : "line"}
            icon={RefreshCw}
            onClick={() => (asked === slot ? rotate.mutate(slot) : setAsked(slot))}
          >
            {asked === slot ? words.services.reallyReplace : words.services.replaceKey[slot]}
          </Button>
        ))}
      </div>
      {rotate.data && (
        <div role="status">
          <Copyable label={words.services.newKey} text={rotate.data.key} />
          <p className="row keysrow"><Button small look="line" onClick={() => rotate.reset()}>{words.services.hide}</Button></p>
        </div>
      )}
    </div>
  );
}

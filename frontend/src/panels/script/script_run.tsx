/** Runs a node from its script, and says how that ended, so that nobody has to leave the editor for it. */

import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useEffect, useState } from "react";
import { client, data, type Schemas } from "../../api/client";
import { follow } from "../../api/events";
import { Button } from "../../look/button";
import { toast } from "../../look/toast";
import { useTroubleText } from "../../look/trouble";
import { shownKey } from "../../shell/shortcuts";
import { errorText } from "../../words/server";
import { useWords } from "../../words/words";

interface ScriptRunProps {
  readonly experiment: string;
  readonly node: string;
  /** Saves the script; whether it is saved then. */
  readonly save: () => Promise<boolean>;
}

/** The event that the key of the editor sends. */
export const RUN_SCRIPT = "studiolo:runscript";
const LAST = ["run_ended", "run_broken_off"];

/** The node in a run that was begun here. */
interface Seen {
  readonly run: string;
  readonly state: string;
  readonly ended: boolean;
}

export function ScriptRun({ experiment, node, save }: ScriptRunProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const [seen, setSeen] = useState<Seen | null>(null);
  const begin = useMutation({
    mutationFn: async () => {
      // Where the script was changed elsewhere, too, the page asks which one is meant.
      if (!(await save())) return null;
      const body = { up_to: [node], only: [], from_here: [], again: false };
      return (await data(client.POST("/experiments/{name}/runs", { params: { path: { name: experiment } }, body }))).run;
    },
    onSuccess: (run) => setSeen(run === null ? null : { run, state: "waiting", ended: false }),
    onError: (error) => toast(trouble(error), { look: "refused" }),
  });
  const run = seen?.run ?? null;
  useEffect(() => {
    if (run === null) return undefined;
    const onEvent = (event: string, told: unknown) => {
      if (event === "node") {
        const { node: of, state } = told as Schemas["NodeEvent"];
        if (of === node) setSeen((before) => before && { ...before, state });
        return;
      }
      if (event === "run_broken_off") toast(errorText(told as Schemas["RunBrokenOffEvent"]), { look: "refused" });
      setSeen((before) => before && { ...before, ended: true });
    };
    return follow(`/api/runs/${encodeURIComponent(run)}/events`, ["node", ...LAST], { onEvent, last: LAST });
  }, [run, node]);
  const goesOn = begin.isPending || (seen !== null && !seen.ended);
  const { mutate } = begin;
  useEffect(() => {
    const onRun = () => { if (!goesOn) mutate(); };
    document.addEventListener(RUN_SCRIPT, onRun);
    return () => document.removeEventListener(RUN_SCRIPT, onRun);
  }, [goesOn, mutate]);
  const { done, kept, failed, heldBack, stopped } = words.states;
  const said: Readonly<Record<string, string>> = { finished: done, kept, failed, skipped: heldBack, cancelled: stopped };
  return (
    <>
      <span className="small" role="status">
        {goesOn ? <span className="mute">{words.states.running}…</span> : seen && said[seen.state] && (
          <Link to="/runs/$run/nodes/$node" params={{ run: seen.run, node }}>{said[seen.state]}</Link>
        )}
      </span>
      <Button small look="line" icon={Play} title={shownKey("Ctrl Enter")} cannot={goesOn && words.run.running} onClick={() => mutate()}>{words.canvas.runUpTo}</Button>
    </>
  );
}

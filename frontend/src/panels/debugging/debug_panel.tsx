/** The node's script under a debugger: where an editor attaches, and what the script prints. */

import { useEffect, useRef } from "react";
import { Copyable } from "../publish/copyable";
import { failureLine } from "../../words/server";
import { useWords } from "../../words/words";
import { useSession } from "./session";

interface PanelProps {
  readonly experiment: string;
  readonly node: string;
}

export function DebugPanel({ experiment, node }: PanelProps) {
  const words = useWords();
  const { session: { address, text, ended } } = useSession(experiment, node, "debugger");
  const panel = useRef<HTMLElement>(null);
  const begun = address !== null;
  useEffect(() => {
    void panel.current?.scrollIntoView({ block: "nearest" });
  }, [begun]);
  return (
    <section ref={panel} className="block">
      <h2 className="hd">{words.debugging.debugger}</h2>
      {address === null && ended === null && <p className="mute" role="status">{words.debugging.starting}</p>}
      {address !== null && ended === null && (
        <>
          <p role="status">{words.debugging.waitingAt} <b className="mono">127.0.0.1:{address.port}</b></p>
          <p className="small mute">{words.debugging.launch}</p>
          <Copyable block label="launch.json" text={address.launch} />
          <p className="small mute">{words.debugging.otherEditors}</p>
        </>
      )}
      {text && <pre className="console card talk" role="log" aria-label={words.debugging.debuggerLog} tabIndex={0}>{text}</pre>}
      {ended !== null && <p className="note" role="status">{ended.lost ? words.debugging.debuggerLost : ended.why ? words.debugging.debuggerEndedBy(failureLine(ended.why)) : words.debugging.debuggerEnded}</p>}
    </section>
  );
}

/** A console or a debugger in a node's sandbox: a WebSocket, and what it has said so far. */

import { useEffect, useRef, useState } from "react";
import type { FailureSaid } from "../../words/server";

/** Characters that a page keeps; what is older goes. */
const MOST_TEXT = 200_000;

export type Prompt = "busy" | "ready" | "more";

export interface Session {
  /** What was printed, and the statements before it. */
  readonly text: string;
  readonly prompt: Prompt;
  readonly names: readonly string[];
  /** Of a debugger: where an editor attaches, and what VS Code wants to know. */
  readonly address: { readonly port: number; readonly launch: string } | null;
  /** null while it lasts. */
  readonly ended: Ended | null;
}

/** The end of a session. */
interface Ended {
  /** What ended it; null if it ended well, or was left. */
  readonly why: FailureSaid | null;
  /** Whether the connection was lost, as when the server stops. */
  readonly lost: boolean;
}

const NEW: Session = { text: "", prompt: "busy", names: [], address: null, ended: null };

interface Message {
  readonly text?: string;
  readonly prompt?: string;
  readonly names?: readonly string[];
  readonly port?: number;
  readonly launch?: unknown;
  readonly ended?: FailureSaid | null;
}

/** The session after a message. */
export function after(session: Session, message: Message): Session {
  if (message.ended !== undefined) return { ...session, ended: { why: message.ended, lost: false } };
  if (message.text !== undefined) return { ...session, text: (session.text + message.text).slice(-MOST_TEXT) };
  if (message.port !== undefined) return { ...session, address: { port: message.port, launch: JSON.stringify(message.launch, null, 2) } };
  if (message.prompt === "ready" || message.prompt === "more") {
    return { ...session, prompt: message.prompt, names: message.names?.length ? message.names : session.names };
  }
  return session;
}

/** Open a session for as long as the component is shown. */
export function useSession(experiment: string, node: string, kind: "console" | "debugger") {
  const [session, setSession] = useState(NEW);
  const socket = useRef<WebSocket | null>(null);
  useEffect(() => {
    const path = `/api/experiments/${encodeURIComponent(experiment)}/nodes/${encodeURIComponent(node)}/${kind}`;
    const opened = new WebSocket(`${location.origin.replace(/^http/, "ws")}${path}`);
    socket.current = opened;
    setSession(NEW);
    opened.addEventListener("message", ({ data }) => setSession((now) => after(now, JSON.parse(String(data)) as Message)));
    opened.addEventListener("close", () => setSession((now) => (now.ended === null ? { ...now, ended: { why: null, lost: true } } : now)));
    return () => opened.close();
  }, [experiment, node, kind]);
  const send = (message: object) => {
    if (socket.current?.readyState === WebSocket.OPEN) socket.current.send(JSON.stringify(message));
  };
  return {
    session,
    /** Have a statement executed; `shown` is how it appears among what is printed. */
    enter: (source: string, shown: string) => {
      setSession((now) => ({ ...now, prompt: "busy", text: `${now.text}${shown}\n` }));
      send({ source });
    },
    interrupt: () => send({ interrupt: true }),
  };
}

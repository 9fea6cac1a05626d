/** Toasts: what was done and can be undone. Nothing that matters is only in one. */

import { Check, TriangleAlert, X } from "lucide-react";
import { useEffect, useState } from "react";
import { create } from "zustand";
import { useWords } from "../words/words";
import { Button, IconButton } from "./button";
import { Icon } from "./icon";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly look: "done" | "refused";
  readonly action?: { readonly label: string; act(): void };
}

interface Toasts {
  readonly shown: readonly Toast[];
}

const useToasts = create<Toasts>()(() => ({ shown: [] }));
const MOST = 3;
const SHOWN_FOR = 8_000;
let last = 0;

export function toast(text: string, some: Partial<Pick<Toast, "look" | "action">> = {}): void {
  last += 1;
  const next: Toast = { id: last, text, look: "done", ...some };
  // The same again takes the place of the first.
  useToasts.setState(({ shown }) => ({ shown: [...shown.filter((one) => one.text !== text), next].slice(-MOST) }));
}

function putAway(id: number): void {
  useToasts.setState(({ shown }) => ({ shown: shown.filter((one) => one.id !== id) }));
}

export function ToastRegion() {
  const shown = useToasts((toasts) => toasts.shown);
  return (
    <div className="toasts" role="status">
      {shown.map((one) => <ToastCard key={one.id} toast={one} />)}
    </div>
  );
}

function ToastCard({ toast: { id, text, look, action } }: { readonly toast: Toast }) {
  const words = useWords();
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => putAway(id), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [held, id]);
  const hold = () => setHeld(true);
  const release = () => setHeld(false);
  return (
    <div className={`toast ${look === "refused" ? "wide" : ""}`} onPointerEnter={hold} onPointerLeave={release} onFocus={hold} onBlur={release}>
      <Icon of={look === "done" ? Check : TriangleAlert} className={look === "done" ? "ok" : "bad"} />
      <span>{text}</span>
      <span className="row">
        {action && <Button small look="link" onClick={() => { action.act(); putAway(id); }}>{action.label}</Button>}
        <IconButton icon={X} small label={words.common.dismiss} onClick={() => putAway(id)} />
      </span>
    </div>
  );
}

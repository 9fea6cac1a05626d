/** The grip at the edge of a pane: dragged, or moved with the arrows. The width is kept. */

import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { store, storedNumber } from "./preferences";

interface Width {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

const STEP = 16;

/** A pane's width, and the grip that changes it. */
export function useWidth({ name, least, most, usual }: Width, label: string, side: "left" | "right") {
  const [width, setWidth] = useState(() => storedNumber(`width.${name}`, least, most, usual));
  const change = (wish: number) => {
    const next = Math.round(Math.min(most, Math.max(least, wish)));
    setWidth(next);
    store(`width.${name}`, next);
  };
  const outward = side === "left" ? 1 : -1;
  return { width, grip: <Grip label={label} width={width} least={least} most={most} onMove={(by) => change(width + outward * by)} onUsual={() => change(usual)} /> };
}

interface GripProps {
  readonly label: string;
  readonly width: number;
  readonly least: number;
  readonly most: number;
  readonly onMove: (by: number) => void;
  readonly onUsual: () => void;
}

function Grip({ label, width, least, most, onMove, onUsual }: GripProps) {
  const last = useRef<number | null>(null);
  const onPointerDown = (event: PointerEvent<HTMLButtonElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    last.current = event.clientX;
  };
  const onPointerMove = (event: PointerEvent) => {
    if (last.current === null) return;
    onMove(event.clientX - last.current);
    last.current = event.clientX;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    onMove(by);
  };
  return (
    <button
      type="button"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      className="grip"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => { last.current = null; }}
      onDoubleClick={onUsual}
      onKeyDown={onKeyDown}
    />
  );
}

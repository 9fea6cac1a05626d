/** The pictures that a script drew, one under another. Each is zoomed and moved by itself. */

import { Maximize2, Minimize2, ZoomIn, ZoomOut } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { imageAddress } from "../../api/runs";
import { IconButton } from "../../look/button";
import { share, useWords } from "../../words/words";
import { fitting, scrolled, type Size, stepped } from "./zoom";

interface PicturesProps {
  readonly run: string;
  readonly node: string;
  readonly names: readonly string[];
}

export function Pictures({ run, node, names }: PicturesProps) {
  return (
    <ol className="pictures">
      {names.map((name, number) => <li key={name}><Picture name={name} number={number + 1} address={imageAddress(run, node, number)} /></li>)}
    </ol>
  );
}

interface PictureProps {
  readonly name: string;
  /** From 1. */
  readonly number: number;
  readonly address: string;
}

function Picture({ name, number, address }: PictureProps) {
  const words = useWords();
  const [failed, setFailed] = useState(false);
  const { frame, scale, fits, size, onSize, zoom, fit, actual, onKeyDown, onPointerDown } = useZoom();
  return (
    <figure className="card picture">
      <figcaption className="row">
        <span className="mono clip grow">{name}</span>
        {!failed && (
          <>
            <IconButton small icon={ZoomOut} label={words.device.zoomOut} keys="−" onClick={() => zoom(-1)} />
            <output className="small num zoomed" aria-label={words.device.zoom}>{share(scale)}</output>
            <IconButton small icon={ZoomIn} label={words.device.zoomIn} keys="+" onClick={() => zoom(1)} />
            <IconButton small icon={Minimize2} label={words.device.fit} keys="0" onClick={fit} />
            <IconButton small icon={Maximize2} label={words.device.actualSize} keys="1" onClick={actual} />
          </>
        )}
      </figcaption>
      {failed ? <p className="note bad">{words.device.pictureFailed}</p> : (
        // It is scrolled and zoomed by keys.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions
        <div ref={frame} className={`view ${fits ? "whole" : ""}`} tabIndex={0} role="group" aria-label={words.device.zoomable(number)} onKeyDown={onKeyDown} onPointerDown={onPointerDown}>
          <img
            src={address}
            alt={words.device.picture(number)}
            loading="lazy"
            decoding="async"
            draggable={false}
            width={size.width > 0 ? Math.max(1, size.width * scale) : undefined}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => onSize({ width: naturalWidth, height: naturalHeight })}
            onError={() => setFailed(true)}
          />
        </div>
      )}
    </figure>
  );
}

interface Zoomed {
  readonly scale: number;
  /** The point of the frame that stays where it is. */
  readonly x: number;
  readonly y: number;
}

/** How a picture is zoomed in its frame: by buttons, keys, the wheel with Ctrl, and a pinch. */
function useZoom() {
  const frame = useRef<HTMLDivElement>(null);
  const [size, onSize] = useState<Size>({ width: 0, height: 0 });
  const [width, setWidth] = useState(0);
  // Null: as wide as the frame.
  const [chosen, setChosen] = useState<Zoomed | null>(null);
  const scale = chosen?.scale ?? fitting(size, width);
  const shown = useRef(scale);

  useEffect(() => {
    const watched = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    if (frame.current) watched.observe(frame.current);
    return () => watched.disconnect();
  }, []);
  useLayoutEffect(() => {
    const of = frame.current;
    if (of && chosen && shown.current !== chosen.scale) {
      const { scrollLeft, scrollTop } = of;
      of.scrollLeft = scrolled(scrollLeft, chosen.x, shown.current, chosen.scale);
      of.scrollTop = scrolled(scrollTop, chosen.y, shown.current, chosen.scale);
    }
    shown.current = scale;
  }, [chosen, scale]);

  const to = useCallback((next: number, at?: { readonly x: number; readonly y: number }) => {
    const { clientWidth = 0, clientHeight = 0 } = frame.current ?? {};
    setChosen({ scale: next, x: clientWidth / 2, y: clientHeight / 2, ...at });
  }, []);
  const zoom = useCallback((steps: number, at?: { readonly x: number; readonly y: number }) => to(stepped(shown.current, steps, size), at), [to, size]);

  useEffect(() => {
    const of = frame.current;
    // React listens to the wheel without being able to keep the browser from zooming the page.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
      zoom(-event.deltaY / 100, { x: event.clientX - left, y: event.clientY - top });
    };
    of?.addEventListener("wheel", onWheel, { passive: false });
    return () => of?.removeEventListener("wheel", onWheel);
  }, [zoom]);

  const fit = () => setChosen(null);
  const actual = () => to(1);
  const deeds: Readonly<Record<string, () => void>> = { "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1), "−": () => zoom(-1), "0": fit, "1": actual };
  const onKeyDown = (event: KeyboardEvent) => {
    const deed = event.ctrlKey || event.metaKey || event.altKey ? undefined : deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  };
  /** The mouse drags the picture; a finger scrolls it without our help. */
  const onPointerDown = ({ button, pointerType, currentTarget: of, pointerId, clientX, clientY }: PointerEvent<HTMLDivElement>) => {
    if (button !== 0 || pointerType !== "mouse") return;
    const { scrollLeft, scrollTop } = of;
    const onMove = (moved: globalThis.PointerEvent) => of.scrollTo(scrollLeft + clientX - moved.clientX, scrollTop + clientY - moved.clientY);
    of.setPointerCapture(pointerId);
    of.addEventListener("pointermove", onMove);
    of.addEventListener("lostpointercapture", () => of.removeEventListener("pointermove", onMove), { once: true });
  };
  return { frame, scale, fits: chosen === null, size, onSize, zoom, fit, actual, onKeyDown, onPointerDown };
}

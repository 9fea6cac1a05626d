/** The scrolling of a table: by rows, which may be more than a browser can scroll. */

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { bounded, type RowSpace, scale } from "../../table/rows";

interface Scroll {
  /** In pixels of the rows. */
  readonly top: number;
  readonly left: number;
  /** How far the element itself is scrolled down. */
  readonly scrolled: number;
  /** The size of what is in view, without the header. */
  readonly view: { readonly width: number; readonly height: number };
  scrollTo(top: number, left?: number): void;
}

interface Edges {
  /** Of the header, in pixels. */
  readonly head: number;
  /** Of the row numbers, in pixels. */
  readonly side: number;
}

export function useScroll(element: RefObject<HTMLElement | null>, rows: number, height: number, edges: Edges): Scroll {
  const { head, side } = edges;
  const [place, setPlace] = useState({ top: 0, left: 0, scrolled: 0 });
  const [view, setView] = useState({ width: 0, height: 0 });
  const now = useRef<{ space: RowSpace; top: number }>({ space: { rows, height, view: 1 }, top: 0 });
  useLayoutEffect(() => {
    now.current.space = { rows, height, view: Math.max(1, view.height) };
  }, [rows, height, view.height]);

  useLayoutEffect(() => {
    const shown = element.current;
    if (!shown) return undefined;
    const measure = () => setView({ width: Math.max(0, shown.clientWidth - side), height: Math.max(0, shown.clientHeight - head) });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(shown);
    return () => observer.disconnect();
  }, [element, head, side]);

  const scrollTo = useCallback((top: number, left?: number) => {
    const shown = element.current;
    if (!shown) return;
    now.current.top = bounded(now.current.space, top);
    shown.scrollTo({ top: now.current.top / scale(now.current.space), ...(left !== undefined && { left }), behavior: "instant" });
    setPlace({ top: now.current.top, left: shown.scrollLeft, scrolled: shown.scrollTop });
  }, [element]);

  useEffect(() => {
    const shown = element.current;
    if (!shown) return undefined;
    const onScroll = () => {
      const { space: rowSpace, top } = now.current;
      const by = scale(rowSpace);
      // The element stands where `scrollTo` put it, up to a pixel; a person has moved it further.
      if (Math.abs(shown.scrollTop - top / by) > 1) now.current.top = bounded(rowSpace, shown.scrollTop * by);
      setPlace({ top: now.current.top, left: shown.scrollLeft, scrolled: shown.scrollTop });
    };
    const onWheel = (event: WheelEvent) => {
      if (scale(now.current.space) === 1 || event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
      // A notch moves a few rows, not what the scaled element would.
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? now.current.space.height : 1;
      scrollTo(now.current.top + event.deltaY * lines, shown.scrollLeft + event.deltaX);
    };
    shown.addEventListener("scroll", onScroll, { passive: true });
    shown.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      shown.removeEventListener("scroll", onScroll);
      shown.removeEventListener("wheel", onWheel);
    };
  }, [element, scrollTo]);

  return { ...place, view, scrollTo };
}

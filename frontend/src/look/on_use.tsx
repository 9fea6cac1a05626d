/** Parts that the first load leaves out: they are loaded once the page is painted, or when they are used before. */

import { type ComponentType, type ReactNode, useEffect, useState } from "react";

/** Milliseconds from a load that failed to the next one. */
const AGAIN = 3_000;

export interface OnUse<Props extends object> {
  (props: Props): ReactNode;
  /** Loads the part before it is shown, which it then is at once. */
  load(): Promise<unknown>;
}

/** Does something now or later; what is returned calls it off. */
type Begin = (act: () => void) => () => void;

const atOnce: Begin = (act) => {
  act();
  return () => {};
};

/** Does something once what the page shows now is painted, which does not wait for it. */
export const afterPaint: Begin = (act) => {
  let timer: number | undefined;
  let frame = requestAnimationFrame(() => {
    // In the second frame, what was in the first one is on the screen.
    frame = requestAnimationFrame(() => (timer = window.setTimeout(act)));
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
};

/**
 * A part that is loaded when it is shown. Until then, what stands in for it is shown, or nothing. While
 * the server does not answer, the page around it stays as it is, with what is not saved yet.
 */
export function onUse<Props extends object>(load: () => Promise<ComponentType<Props>>, StandIn?: ComponentType<Props>, begin = atOnce): OnUse<Props> {
  let loaded: ComponentType<Props> | null = null;
  const loading = async () => (loaded = await load());
  function Shown(props: Props) {
    const [Part, setPart] = useState(() => loaded);
    const [tries, setTries] = useState(0);
    useEffect(() => {
      if (Part) return undefined;
      let gone = false;
      let waiting: number | undefined;
      const callOff = begin(() => {
        loading().then(
          (found) => {
            if (!gone) setPart(() => found);
          },
          () => {
            if (!gone) waiting = window.setTimeout(() => setTries(tries + 1), AGAIN);
          },
        );
      });
      return () => {
        gone = true;
        callOff();
        clearTimeout(waiting);
      };
    }, [Part, tries]);
    if (Part) return <Part {...props} />;
    return StandIn ? <StandIn {...props} /> : null;
  }
  return Object.assign(Shown, { load: loading });
}

/** Loads parts once the page is painted, so that they are there at once when they are used. */
export function useSoon(parts: readonly Pick<OnUse<object>, "load">[]): void {
  useEffect(
    () => afterPaint(() => {
      // Without a connection a part is asked for again when it is used.
      for (const part of parts) void part.load().catch(() => {});
    }),
    [parts],
  );
}

/** Parts that the first load leaves out: they are loaded soon after it, or when they are used before. */

import { type ComponentType, type ReactNode, useEffect, useState } from "react";

/** Milliseconds from a load that failed to the next one. */
const AGAIN = 3_000;

export interface OnUse<Props extends object> {
  (props: Props): ReactNode;
  /** Loads the part before it is shown, which it then is at once. */
  load(): Promise<unknown>;
}

/**
 * A part that is loaded when it is shown. Until then, what stands in for it is shown, or nothing. While
 * the server does not answer, the page around it stays as it is, with what is not saved yet.
 */
export function onUse<Props extends object>(load: () => Promise<ComponentType<Props>>, StandIn?: ComponentType<Props>): OnUse<Props> {
  let loaded: ComponentType<Props> | null = null;
  const loading = async () => (loaded = await load());
  function Shown(props: Props) {
    const [Part, setPart] = useState(() => loaded);
    const [tries, setTries] = useState(0);
    useEffect(() => {
      if (Part) return undefined;
      let gone = false;
      let waiting: number | undefined;
      loading().then(
        (found) => {
          if (!gone) setPart(() => found);
        },
        () => {
          if (!gone) waiting = window.setTimeout(() => setTries(tries + 1), AGAIN);
        },
      );
      return () => {
        gone = true;
        clearTimeout(waiting);
      };
    }, [Part, tries]);
    if (Part) return <Part {...props} />;
    return StandIn ? <StandIn {...props} /> : null;
  }
  return Object.assign(Shown, { load: loading });
}

/** Loads parts that answer keys as soon as the page is painted, so that nothing that is typed gets lost. */
export function useSoon(parts: readonly Pick<OnUse<object>, "load">[]): void {
  useEffect(() => {
    // Without a connection a part is asked for again when it is used.
    for (const part of parts) void part.load().catch(() => {});
  }, [parts]);
}

/** Streams of server-sent events. The browser asks again after a lost connection, from where it was. */

interface Handlers {
  /** An event that has not been told yet. */
  readonly onEvent: (name: string, data: unknown) => void;
  /** Events after which nothing comes. */
  readonly last?: readonly string[];
}

/** Begins after the browser has given up by itself, as it does when the server refuses. */
const AGAIN_AFTER = 2_000;
/** What the server sends every 15 seconds when there is no news. */
const HEARTBEAT = "heartbeat";
/** Milliseconds without any event after which a connection is taken for dead, and between two looks at that. */
const DEAD_AFTER = 40_000;
const LOOK_EVERY = 5_000;

/**
 * Follow a stream until it ends, or until the function that is returned is called.
 *
 * A page that is hidden has no stream: a browser has six connections for all pages of a server. When it is shown again, the
 * stream tells what happened meanwhile.
 */
export function follow(address: string, names: readonly string[], { onEvent, last = [] }: Handlers): () => void {
  let source: EventSource | null = null;
  let newest = 0;
  let heard = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    clearTimeout(timer);
    source?.close();
    if (document.hidden) return;
    const opened = new EventSource(address);
    source = opened;
    heard = Date.now();
    opened.addEventListener(HEARTBEAT, () => {
      heard = Date.now();
    });
    for (const name of names) {
      opened.addEventListener(name, (event: MessageEvent<string>) => {
        heard = Date.now();
        const id = Number(event.lastEventId);
        // A stream that began anew tells what was told again.
        if (id > 0 && id <= newest) return;
        newest = Math.max(newest, id || 0);
        onEvent(name, JSON.parse(event.data));
        if (last.includes(name)) close();
      });
    }
    opened.addEventListener("error", () => {
      if (opened.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_AFTER);
    });
  };
  // A connection that broke while the computer slept may never report an error.
  const watch = setInterval(() => Date.now() - heard > DEAD_AFTER && open(), LOOK_EVERY);
  document.addEventListener("visibilitychange", open);
  const close = () => {
    document.removeEventListener("visibilitychange", open);
    clearTimeout(timer);
    clearInterval(watch);
    source?.close();
  };
  open();
  return close;
}

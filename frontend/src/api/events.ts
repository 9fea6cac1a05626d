/** Streams of server-sent events. The browser asks again after a lost connection, from where it was. */

interface Handlers {
  /** An event that has not been told yet. */
  readonly onEvent: (name: string, data: unknown) => void;
  /** Events after which nothing comes. */
  readonly last?: readonly string[];
}

/** Begins after the browser has given up by itself, as it does when the server refuses. */
const AGAIN_AFTER = 2_000;

/** Follow a stream until it ends, or until the function that is returned is called. */
export function follow(address: string, names: readonly string[], { onEvent, last = [] }: Handlers): () => void {
  let source: EventSource | null = null;
  let newest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    source?.close();
  };
  const open = () => {
    const opened = new EventSource(address);
    source = opened;
    for (const name of names) {
      opened.addEventListener(name, (event: MessageEvent<string>) => {
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
  open();
  return close;
}

/** Pages that are loaded when somebody goes to them. */

import { type ComponentType, useEffect, useState } from "react";
import { ApiError } from "../api/client";
import { Button } from "../look/button";
import { onUse } from "../look/on_use";
import { Trouble } from "../look/trouble";
import { useWords } from "../words/words";
import { Frame } from "./frame";

/** Milliseconds between two questions whether the server is back; a page that loads again is faster. */
const AGAIN = 5_000;
/** Where the tab remembers for which page it was loaded anew. */
const RELOADED = "studiolo.reloaded";
const UNREACHABLE = new ApiError(0, "unreachable", "");

/** A page. As long as it can't be loaded, the frame with the way to other pages is there, and it is tried again. */
export function pageOnUse(load: () => Promise<ComponentType>) {
  const page = onUse(load, NotLoaded);
  // What is shown before stays until this is over.
  const preload = () => page.load().then(() => {}, () => {});
  return Object.assign(page, { preload });
}

function NotLoaded() {
  const words = useWords();
  const [renewed, setRenewed] = useState(false);
  useEffect(() => {
    const ask = async () => {
      const answers = await fetch("/", { cache: "no-store" }).then(({ ok }) => ok, () => false);
      if (!answers) return;
      // The server is there and the script of the page is not: it is of a version that was replaced.
      if (sessionStorage.getItem(RELOADED) === location.pathname) return setRenewed(true);
      sessionStorage.setItem(RELOADED, location.pathname);
      location.reload();
    };
    void ask();
    const asking = setInterval(() => void ask(), AGAIN);
    return () => clearInterval(asking);
  }, []);
  return (
    <Frame bar={null}>
      <main className="page centred">
        {renewed ? <Button look="line" onClick={() => location.reload()}>{words.trouble.reload}</Button> : <Trouble error={UNREACHABLE} />}
      </main>
    </Frame>
  );
}

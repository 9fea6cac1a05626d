/** Pages for addresses that have none, and for errors of our own. */

import { Link } from "@tanstack/react-router";
import { Button } from "../look/button";
import { Frame } from "../shell/frame";
import { useWords } from "../words/words";

export function LostPage() {
  const words = useWords();
  return (
    <Frame bar={null}>
      <main className="page centred">
        <div className="quiet">
          <h1>{words.trouble.notFound}</h1>
          <Link to="/" className="b line">{words.trouble.backHome}</Link>
        </div>
      </main>
    </Frame>
  );
}

export function UnexpectedPage({ error }: { readonly error: unknown }) {
  const words = useWords();
  return (
    <main className="page centred">
      <div className="quiet" role="alert">
        <h1>{words.trouble.failed}</h1>
        <p className="soft">{words.trouble.unexpected}</p>
        <p className="mono mute">{String(error)}</p>
        <Button look="line" onClick={() => location.reload()}>{words.trouble.reload}</Button>
      </div>
    </main>
  );
}

/** The list of keys. */

import { Dialog } from "../look/dialog";
import { useWords } from "../words/words";
import { useCommands } from "./commands";

export function KeyList() {
  const words = useWords();
  const show = useCommands((commands) => commands.show);
  return (
    <Dialog title={words.canvas.keys} onClose={() => show(null)}>
      <div className="body">
        <dl className="keys">
          {words.keyTable.map(([keys, does]) => (
            <div key={keys}>
              <dt>{keys.split(", ").map((key) => <kbd key={key}>{key}</kbd>)}</dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}

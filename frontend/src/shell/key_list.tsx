/** The list of keys, in which each can be changed. */

import { RotateCcw } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button, IconButton } from "../look/button";
import { Dialog } from "../look/dialog";
import { useWords } from "../words/words";
import { useKeys } from "./chosen_keys";
import { useCommands } from "./commands";
import { isKeyName, keyName, keysOf, refusalOf, type Shortcut, SHORTCUTS, shownKey, takenUsualKey, usualKey, withKey, withUsualKeys } from "./shortcuts";

export function KeyList() {
  const words = useWords();
  const show = useCommands((commands) => commands.show);
  const { chosen, choose } = useKeys();
  const [changing, setChanging] = useState<Shortcut | null>(null);
  const unchanged = Object.keys(chosen).length === 0;
  return (
    <Dialog title={words.canvas.keys} onClose={() => show(null)}>
      <div className="body">
        <ul className="keys">
          {SHORTCUTS.map((shortcut) => (
            <KeyRow
              key={shortcut}
              shortcut={shortcut}
              changing={changing === shortcut}
              onChange={() => setChanging(shortcut)}
              onLeave={() => setChanging((now) => (now === shortcut ? null : now))}
            />
          ))}
          {words.keys.fixed.map(([keys, does]) => (
            <li key={keys}>
              <span className="key">{keys.split(", ").map((key) => <kbd key={key}>{key}</kbd>)}</span>
              <span className="grow">{does}</span>
            </li>
          ))}
        </ul>
      </div>
      <footer>
        <span className="grow">{words.keys.hint}</span>
        <Button small look="line" cannot={unchanged && words.keys.unchanged} onClick={() => choose({})}>{words.keys.resetAll}</Button>
      </footer>
    </Dialog>
  );
}

interface KeyRowProps {
  readonly shortcut: Shortcut;
  readonly changing: boolean;
  readonly onChange: () => void;
  readonly onLeave: () => void;
}

function KeyRow({ shortcut, changing, onChange, onLeave }: KeyRowProps) {
  const words = useWords();
  const { chosen, map, choose } = useKeys();
  const button = useRef<HTMLButtonElement>(null);
  const wasChanging = useRef(false);
  useEffect(() => {
    // The field that had the focus is gone.
    if (wasChanging.current && !changing && document.activeElement === document.body) button.current?.focus();
    wasChanging.current = changing;
  }, [changing]);

  const does = words.keys.does[shortcut];
  const keys = keysOf(map, shortcut).map((key) => shownKey(key));
  const taken = takenUsualKey(shortcut, map);
  const label = words.keys.change(does, keys.join(", ") || words.keys.none);
  return (
    <li>
      {changing ? <NewKey shortcut={shortcut} onLeave={onLeave} /> : (
        <button type="button" ref={button} className="key" aria-label={label} title={label} onClick={onChange}>
          {keys.length > 0 ? keys.map((key) => <kbd key={key}>{key}</kbd>) : words.keys.none}
        </button>
      )}
      <span className="grow">{does}</span>
      {chosen[shortcut] !== undefined && (
        <IconButton
          small
          icon={RotateCcw}
          label={words.keys.reset(does, shownKey(usualKey(shortcut)))}
          cannot={taken !== null && words.keys.resetTaken(shownKey(taken.key), words.keys.does[taken.by])}
          onClick={() => { choose(withUsualKeys(chosen, shortcut)); button.current?.focus(); }}
        />
      )}
    </li>
  );
}

/** Takes the next key that is pressed, and says why it can't be one that is. */
function NewKey({ shortcut, onLeave }: Pick<KeyRowProps, "shortcut" | "onLeave">) {
  const words = useWords();
  const { chosen, map, choose } = useKeys();
  const refusedId = useId();
  const [refused, setRefused] = useState("");
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    const name = keyName(event.nativeEvent);
    if (event.key === "Escape") onLeave();
    if (!isKeyName(name)) return;
    const refusal = refusalOf(name, shortcut, map);
    if (refusal) {
      const by = refusal.reason === "taken" && (refusal.by === "arrows" ? words.keys.arrows : words.keys.does[refusal.by]);
      setRefused(by ? words.keys.taken(shownKey(name), by) : words.keys.keptByBrowser(shownKey(name)));
      return;
    }
    choose(withKey(chosen, shortcut, name));
    onLeave();
  };
  return (
    <>
      <input
        // It is there to take a key.
        autoFocus
        readOnly
        className="in key"
        aria-label={words.keys.newKey(words.keys.does[shortcut])}
        aria-describedby={refusedId}
        aria-invalid={refused !== ""}
        value={words.keys.press}
        onKeyDown={onKeyDown}
        onBlur={onLeave}
      />
      <p id={refusedId} className="help bad" role="alert">{refused}</p>
    </>
  );
}

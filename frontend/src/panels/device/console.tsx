/** The console of a node, a part at a time: it may be larger than a page can hold. */

import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import { CONSOLE_PART, consoleAddress, consoleQuery } from "../../api/runs";
import { Button } from "../../look/button";
import { Icon } from "../../look/icon";
import { Trouble } from "../../look/trouble";
import { amount, useWords } from "../../words/words";

interface ConsoleProps {
  readonly run: string;
  readonly node: string;
  /** Whether its end is what matters, as of a node that failed. */
  readonly atEnd: boolean;
}

export function Console({ run, node, atEnd }: ConsoleProps) {
  const words = useWords();
  const [chosen, setOffset] = useState(atEnd ? null : 0);
  // Going back, a part is read from its end.
  const [fromEnd, setFromEnd] = useState(atEnd);
  const shown = useRef<HTMLPreElement>(null);
  const beginning = useQuery(consoleQuery(run, node, 0));
  const last = Math.max(0, Math.floor(((beginning.data?.total ?? 0) - 1) / CONSOLE_PART) * CONSOLE_PART);
  const offset = chosen ?? last;
  const { data: part, isError, error, refetch, isPlaceholderData } = useQuery({
    ...consoleQuery(run, node, offset),
    placeholderData: (before) => before,
  });
  useLayoutEffect(() => {
    if (shown.current && part?.offset === offset) shown.current.scrollTop = fromEnd ? shown.current.scrollHeight : 0;
  }, [part, offset, fromEnd]);
  if (isError) return <Trouble error={error} onRetry={() => void refetch()} />;
  if (!part) return <p className="mute">{words.common.loading}</p>;
  if (part.total === 0) return <p className="mute">{words.device.noConsole}</p>;
  const end = part.offset + part.text.length;
  const first = offset === 0 && words.device.isBeginning;
  const ended = offset >= last && words.device.isEnd;
  const go = (to: number, end: boolean) => {
    setOffset(to);
    setFromEnd(end);
  };
  return (
    <>
      {last > 0 && (
        <div className="row pager">
          <Button small look="line" cannot={first} onClick={() => go(0, false)}>{words.device.beginning}</Button>
          <Button small look="line" cannot={first} onClick={() => go(offset - CONSOLE_PART, true)}>{words.device.earlier}</Button>
          <Button small look="line" cannot={ended} onClick={() => go(offset + CONSOLE_PART, false)}>{words.device.later}</Button>
          <Button small look="line" cannot={ended} onClick={() => go(last, true)}>{words.device.theEnd}</Button>
          <span className="small mute num">{words.device.characters(amount(part.offset + 1), amount(end), amount(part.total))}</span>
          <a className="b line sm end" href={consoleAddress(run, node)} download><Icon of={Download} small />{words.device.downloadConsole}</a>
        </div>
      )}
      {/* The text scrolls, so the keys have to reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre ref={shown} className="console card" aria-label={words.device.console} aria-busy={isPlaceholderData} tabIndex={0}>{part.text}</pre>
    </>
  );
}

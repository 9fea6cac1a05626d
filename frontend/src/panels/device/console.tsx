/** The console of a node, a part at a time: it may be larger than a page can hold. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CONSOLE_PART, consoleQuery } from "../../api/runs";
import { Button } from "../../look/button";
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
  const beginning = useQuery(consoleQuery(run, node, 0));
  const last = Math.max(0, Math.floor(((beginning.data?.total ?? 0) - 1) / CONSOLE_PART) * CONSOLE_PART);
  const offset = chosen ?? last;
  const { data: part, isError, error, refetch, isPlaceholderData } = useQuery({
    ...consoleQuery(run, node, offset),
    placeholderData: (before) => before,
  });
  if (isError) return <Trouble error={error} onRetry={() => void refetch()} />;
  if (!part) return <p className="mute">{words.common.loading}</p>;
  if (part.total === 0) return <p className="mute">{words.device.noConsole}</p>;
  const end = part.offset + part.text.length;
  const first = offset === 0 && words.device.isBeginning;
  const ended = offset >= last && words.device.isEnd;
  return (
    <>
      {last > 0 && (
        <div className="row pager">
          <Button small look="line" cannot={first} onClick={() => setOffset(0)}>{words.device.beginning}</Button>
          <Button small look="line" cannot={first} onClick={() => setOffset(offset - CONSOLE_PART)}>{words.device.earlier}</Button>
          <Button small look="line" cannot={ended} onClick={() => setOffset(offset + CONSOLE_PART)}>{words.device.later}</Button>
          <Button small look="line" cannot={ended} onClick={() => setOffset(last)}>{words.device.theEnd}</Button>
          <span className="small mute num">{words.device.characters(amount(part.offset + 1), amount(end), amount(part.total))}</span>
        </div>
      )}
      {/* The text scrolls, so the keys have to reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="console card" aria-label={words.device.console} aria-busy={isPlaceholderData} tabIndex={0}>{part.text}</pre>
    </>
  );
}

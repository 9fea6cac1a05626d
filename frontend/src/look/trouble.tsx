/** What a page shows where it can't show what it is for. */

import { WifiOff } from "lucide-react";
import { useCallback } from "react";
import { ApiError } from "../api/client";
import { errorText } from "../words/server";
import { useWords } from "../words/words";
import { Button } from "./button";
import { Icon } from "./icon";

/** What went wrong, in words for people. */
export function useTroubleText(): (error: unknown) => string {
  const words = useWords();
  return useCallback((error) => (error instanceof ApiError && !error.unreachable ? errorText(error) : words.trouble.unreachable), [words]);
}

interface TroubleProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

export function Trouble({ error, onRetry }: TroubleProps) {
  const words = useWords();
  const text = useTroubleText();
  return (
    <div className="quiet" role="alert">
      {error instanceof ApiError && error.unreachable && <Icon of={WifiOff} className="kept" />}
      <h2>{words.trouble.failed}</h2>
      <p className="soft">{text(error)}</p>
      {onRetry && <Button look="line" onClick={onRetry}>{words.common.retry}</Button>}
    </div>
  );
}

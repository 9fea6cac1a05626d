/** A text that is there to be copied: a key, a command. */

import { Copy } from "lucide-react";
import { IconButton } from "../../look/button";
import { toast } from "../../look/toast";
import { useWords } from "../../words/words";

interface CopyableProps {
  readonly label: string;
  readonly text: string;
  /** Whether it has several lines. */
  readonly block?: boolean;
}

export function Copyable({ label, text, block = false }: CopyableProps) {
  const words = useWords();
  const copy = () => void navigator.clipboard?.writeText(text).then(() => toast(words.common.copied));
  return (
    <div className={`copyable ${block ? "block" : ""}`} role="group" aria-label={label}>
      <span className="small soft">{label}</span>
      {block ? <pre className="mono" tabIndex={0} aria-label={label}>{text}</pre> : <code className="mono">{text}</code>}
      <IconButton small icon={Copy} label={`${words.common.copy}: ${label}`} onClick={copy} />
    </div>
  );
}

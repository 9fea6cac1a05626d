/** The other ways to run, in a menu beside Run. */

import { ChevronDown } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import { Icon } from "../look/icon";
import { MenuOf } from "../look/menu";
import { useShownKeys } from "../shell/chosen_keys";
import { useWords } from "../words/words";
import type { CanvasActs } from "./keys";

export interface RunMenuProps {
  readonly acts: CanvasActs;
  /** Why nothing that is selected can run. */
  readonly none: string | false;
  /** Whether it was asked for before it was there. */
  readonly asked: boolean;
  readonly onAsk: () => void;
}

export function RunMenu({ acts, none, asked }: RunMenuProps) {
  const words = useWords();
  const keyOf = useShownKeys();
  return (
    <MenuOf
      open={asked}
      label={words.canvas.waysToRun}
      entries={[
        { id: "selected", label: words.canvas.runSelected, keys: keyOf("runSelected"), cannot: none, act: acts.runSelected },
        { id: "upTo", label: words.canvas.runUpTo, keys: keyOf("runUpTo"), cannot: none, act: acts.runUpTo },
        { id: "from", label: words.canvas.runFrom, cannot: none, act: acts.runFrom },
        { id: "again", label: words.canvas.runAgain, apart: true, act: acts.runAgain },
      ]}
    >
      <AriaButton className="b go" aria-label={words.canvas.waysToRun}><Icon of={ChevronDown} small /></AriaButton>
    </MenuOf>
  );
}

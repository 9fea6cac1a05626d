/** The dialogs that every page can open by key. */

import { CommandPalette } from "./command_palette";
import { useCommands } from "./commands";
import { KeyList } from "./key_list";

export function Dialogs() {
  const shown = useCommands((commands) => commands.shown);
  return shown === "palette" ? <CommandPalette /> : shown === "keys" ? <KeyList /> : null;
}

/** The command palette: everything that can be done here, by typing. */

import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { matching } from "../graph/find";
import { Dialog } from "../look/dialog";
import { useWords } from "../words/words";
import { useShownKeys } from "./chosen_keys";
import { Chooser } from "./chooser";
import { type Command, useCommands } from "./commands";

export function CommandPalette() {
  const words = useWords();
  const keyOf = useShownKeys();
  const { show, commands } = useCommands();
  const navigate = useNavigate();
  const all = useMemo((): readonly Command[] => {
    const to = (path: string, label: string): Command => ({
      id: `page ${path}`, group: "pages", label, act: () => void navigate({ to: path }),
    });
    return [
      ...commands(),
      to("/experiments", words.rail.experiments),
      to("/datasets", words.rail.datasets),
      to("/models", words.rail.models),
      to("/services", words.rail.services),
      to("/runs", words.rail.runs),
      to("/settings", words.rail.settings),
      { id: "keys", group: "commands", label: words.commands.help, hint: keyOf("keys"), act: () => show("keys") },
    ];
  }, [commands, navigate, show, words, keyOf]);

  const choices = (typed: string) => {
    const found = matching(typed, all, (command) => `${command.label} ${command.found ?? ""}`);
    const order = ["commands", "nodes", "modules", "pages"] as const;
    return order.flatMap((group) =>
      found.filter((command) => command.group === group).map(({ id, label, hint, cannot }) => ({
        id, label, group: words.commands[group], hint: cannot || hint, cannot: Boolean(cannot),
      })),
    );
  };
  const choose = (id: string) => {
    show(null);
    all.find((command) => command.id === id)?.act();
  };
  return (
    <Dialog title={words.commands.title} bare onClose={() => show(null)}>
      <Chooser label={words.commands.title} placeholder={words.commands.placeholder} choices={choices} onChoose={choose} />
    </Dialog>
  );
}

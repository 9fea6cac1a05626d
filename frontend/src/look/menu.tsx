/** A menu that opens from a button. */

import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";
import { Icon } from "./icon";

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly keys?: string;
  readonly cannot?: string | false | undefined;
  /** A line above it. */
  readonly apart?: boolean;
  act(): void;
}

interface MenuProps {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  /** An `aria` button of React Aria. */
  readonly children: ReactNode;
  /** Whether it is open at first. */
  readonly open?: boolean;
}

export function MenuOf({ label, entries, open = false, children }: MenuProps) {
  return (
    <MenuTrigger defaultOpen={open}>
      {children}
      <Popover placement="bottom end">
        <MenuEntries label={label} entries={entries} />
      </Popover>
    </MenuTrigger>
  );
}

export function MenuEntries({ label, entries }: Pick<MenuProps, "label" | "entries">) {
  return (
    <AriaMenu className="menu" aria-label={label} onAction={(id) => entries.find((entry) => entry.id === id)?.act()}>
      {entries.flatMap((entry) => [
        ...(entry.apart ? [<Separator key={`${entry.id} line`} />] : []),
        <MenuItem key={entry.id} id={entry.id} textValue={entry.label} isDisabled={Boolean(entry.cannot)}>
          {entry.icon && <Icon of={entry.icon} />}
          <span>{entry.label}</span>
          {(entry.cannot || entry.keys) && <span className="end">{entry.cannot || entry.keys}</span>}
        </MenuItem>,
      ])}
    </AriaMenu>
  );
}

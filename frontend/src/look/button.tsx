/** Buttons: one filled one to an area, lines for the likely ones, bare for the rest. */

import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Icon } from "./icon";

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled"> {
  readonly look?: "go" | "line" | "bare" | "danger" | "link";
  readonly small?: boolean;
  readonly icon?: LucideIcon;
  /** Why it can't be pressed now. It stays focusable, and says so. */
  readonly cannot?: string | false | undefined;
  readonly children?: ReactNode;
}

export function Button({ look = "bare", small = false, icon, cannot, className = "", onClick, title, children, ...rest }: Props) {
  const shape = `${look === "bare" ? "" : look} ${small ? "sm" : ""} ${children === undefined ? "icon" : ""}`;
  return (
    <button
      type="button"
      {...rest}
      className={`b ${shape} ${className}`}
      aria-disabled={cannot ? true : undefined}
      title={cannot || title}
      onClick={cannot ? undefined : onClick}
    >
      {icon && <Icon of={icon} small={small} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<Props, "children" | "icon"> {
  readonly icon: LucideIcon;
  /** Its name, also its tooltip. */
  readonly label: string;
  /** The key that does the same. */
  readonly keys?: string;
}

export function IconButton({ label, keys, cannot, ...rest }: IconButtonProps) {
  const title = keys ? `${label} (${keys})` : label;
  return <Button aria-label={label} title={title} cannot={cannot && `${title}: ${cannot}`} {...rest} />;
}

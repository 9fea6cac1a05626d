/** A banner across the page, under the bar, until its cause is gone. */

import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./icon";

interface BannerProps {
  readonly icon: LucideIcon;
  readonly look?: "warn" | "off" | "wrong";
  readonly children: ReactNode;
}

export function Banner({ icon, look = "warn", children }: BannerProps) {
  return (
    <div className={`banner ${look === "warn" ? "" : look}`} role={look === "off" ? "status" : "alert"}>
      <Icon of={icon} />
      {children}
    </div>
  );
}

/** Icons, 16 px with strokes of 1.5 px. They tell nothing that a word beside them does not. */

import type { LucideIcon } from "lucide-react";

interface IconProps {
  readonly of: LucideIcon;
  readonly small?: boolean;
  readonly className?: string;
}

export function Icon({ of: Drawn, small = false, className = "" }: IconProps) {
  return <Drawn className={`i ${small ? "s" : ""} ${className}`} aria-hidden="true" focusable="false" />;
}

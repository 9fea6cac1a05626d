/** Where a page is: the pages above it, then its own name. */

import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { Fragment } from "react";
import { Icon } from "../look/icon";
import { useWords } from "../words/words";

interface CrumbsProps {
  /** The address and the name of each page above. */
  readonly above: readonly (readonly [string, string])[];
  readonly title: string;
}

export function Crumbs({ above, title }: CrumbsProps) {
  const words = useWords();
  return (
    <nav className="crumbs" aria-label={words.rail.where}>
      {above.map(([address, name]) => (
        <Fragment key={address}>
          <Link to={address} className="clip">{name}</Link>
          <Icon of={ChevronRight} small />
        </Fragment>
      ))}
      <h1 title={title}>{title}</h1>
    </nav>
  );
}

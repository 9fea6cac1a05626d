/** The pictures that a script drew, one under another: as wide as the page, or pixel by pixel. */

import { Maximize2, Minimize2 } from "lucide-react";
import { useState } from "react";
import { imageAddress } from "../../api/runs";
import { IconButton } from "../../look/button";
import { useWords } from "../../words/words";

interface PicturesProps {
  readonly run: string;
  readonly node: string;
  readonly names: readonly string[];
}

export function Pictures({ run, node, names }: PicturesProps) {
  return (
    <ol className="pictures">
      {names.map((name, number) => <li key={name}><Picture name={name} number={number + 1} address={imageAddress(run, node, number)} /></li>)}
    </ol>
  );
}

interface PictureProps {
  readonly name: string;
  /** From 1. */
  readonly number: number;
  readonly address: string;
}

function Picture({ name, number, address }: PictureProps) {
  const words = useWords();
  const [whole, setWhole] = useState(true);
  const [failed, setFailed] = useState(false);
  return (
    <figure className="card picture">
      <figcaption className="row">
        <span className="mono clip grow">{name}</span>
        <IconButton small icon={whole ? Maximize2 : Minimize2} label={whole ? words.device.actualSize : words.device.fit} onClick={() => setWhole(!whole)} />
      </figcaption>
      {failed ? <p className="note bad">{words.device.pictureFailed}</p> : (
        // Scrolled by keys where it is larger than the page.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={whole ? "fits" : "pixels"} tabIndex={whole ? undefined : 0}>
          <img src={address} alt={words.device.picture(number)} loading="lazy" decoding="async" onError={() => setFailed(true)} />
        </div>
      )}
    </figure>
  );
}

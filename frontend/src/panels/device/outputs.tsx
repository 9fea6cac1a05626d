/** The outputs of a node, with what is at each. */

import { Link } from "@tanstack/react-router";
import { Eye } from "lucide-react";
import type { RunNode } from "../../api/runs";
import { Icon } from "../../look/icon";
import { PortMark } from "../../look/marks";
import { useWords } from "../../words/words";

interface OutputsProps {
  readonly run: string;
  readonly node: string;
  readonly ports: RunNode["ports"];
}

export function Outputs({ run, node, ports }: OutputsProps) {
  const words = useWords();
  return (
    <ul className="outputs">
      {Object.entries(ports).map(([port, { kind, rows, columns }]) => (
        <li key={port} className="row">
          <PortMark kind={kind === "dataset" ? "dataset" : "model"} full />
          <span className="grow clip">{port}</span>
          {rows !== undefined && columns && (
            <>
              <span className="small mute num">{words.common.rows(rows)} · {words.common.columns(columns.length)}</span>
              <Link className="b line sm" to="/runs/$run/nodes/$node/outputs/$port" params={{ run, node, port }}><Icon of={Eye} small />{words.canvas.visualize}</Link>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

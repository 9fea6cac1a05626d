/** What floats above the canvas: the legend of ports and the zoom. */

import { Maximize, Minus, Plus } from "lucide-react";
import { useReactFlow, useStore } from "@xyflow/react";
import type { PortKind } from "../graph/graph";
import { Button, IconButton } from "../look/button";
import { PortMark } from "../look/marks";
import { useShownKeys } from "../shell/chosen_keys";
import { share, useWords } from "../words/words";
import { useChosenPort } from "./chosen_port";
import type { Experiment } from "./experiment";

const KINDS: readonly PortKind[] = ["dataset", "model", "transform", "zip"];

export function Legend() {
  const words = useWords();
  return (
    <div className="float legend" role="group" aria-label={words.canvas.legend}>
      {KINDS.map((kind) => <span key={kind}><PortMark kind={kind} full />{words.ports[kind]}</span>)}
      <span className="mute tiny">{words.ports.filled}</span>
    </div>
  );
}

export function ZoomControls() {
  const words = useWords();
  const keyOf = useShownKeys();
  const { zoomIn, zoomOut, zoomTo, fitView } = useReactFlow();
  const zoom = useStore((state) => state.transform[2]);
  return (
    <div className="float zoom" role="toolbar" aria-label={words.canvas.zoomFit}>
      <IconButton icon={Minus} label={words.canvas.zoomOut} keys={keyOf("zoomOut")} onClick={() => void zoomOut()} />
      <Button className="num level" title={keyOf("actualSize")} onClick={() => void zoomTo(1)}>{share(zoom)}</Button>
      <IconButton icon={Plus} label={words.canvas.zoomIn} keys={keyOf("zoomIn")} onClick={() => void zoomIn()} />
      <IconButton icon={Maximize} label={words.canvas.zoomFit} keys={keyOf("fit")} onClick={() => void fitView({ maxZoom: 1, padding: 0.12 })} />
    </div>
  );
}

/** Says which output the keys have chosen, to those who can't see its ring. */
export function ChosenPort({ experiment }: { readonly experiment: Experiment }) {
  const { node, port } = useChosenPort();
  const label = experiment.use(({ graph }) => graph.nodes.get(node ?? "")?.outputs.find((one) => one.name === port)?.label);
  return <span className="sr" role="status">{label !== undefined && `${node}: ${label}`}</span>;
}

/** The menu of an output: what can be done with what is there. */

import { Download, Eye, Save, Spline, Terminal } from "lucide-react";
import { useMemo } from "react";
import { Popover } from "react-aria-components";
import { datasetDownload } from "../api/datasets";
import { download } from "../api/downloads";
import { downloadAddress } from "../api/outputs";
import { versionOf } from "../graph/graph";
import { MenuEntries, type MenuEntry } from "../look/menu";
import { toast } from "../look/toast";
import { useTroubleText } from "../look/trouble";
import { useShownKeys } from "../shell/chosen_keys";
import { AS_IT_IS } from "../table/source";
import { useWords } from "../words/words";
import type { Experiment } from "./experiment";
import type { CanvasActs } from "./keys";

export interface OutputOf {
  readonly node: string;
  readonly port: string;
}

interface PortMenuProps {
  readonly experiment: Experiment;
  readonly acts: CanvasActs;
  readonly of: OutputOf;
  readonly onSave: () => void;
  readonly onClose: () => void;
}

export function PortMenu({ experiment, acts, of: { node, port }, onSave, onClose }: PortMenuProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const keyOf = useShownKeys();
  const { graph, document: found } = experiment.use.getState();
  const trigger = useMemo(() => ({ current: handleOf(node, port) }), [node, port]);
  const own = graph.nodes.get(node);
  const output = own?.outputs.find((one) => one.name === port);
  if (!own || !output) return null;
  const seen = found.states[node];
  const made = seen?.state === "finished" || seen?.state === "kept" ? seen : null;
  const nothing = made?.empty_outputs.includes(port) && words.canvas.nothingThere;
  const empty = made ? nothing || undefined : words.canvas.runFirst;
  const dataset = output.kind === "dataset";
  const file = own.kind === "dataset";
  const save = (format: "csv" | "parquet") => {
    const address = file ? datasetDownload({ name: own.title, version: versionOf(own) }, format, AS_IT_IS) : made && downloadAddress({ run: made.run, node, port }, format, AS_IT_IS);
    if (address) download(address).catch((error: unknown) => toast(trouble(error), { look: "refused" }));
  };
  const entries: MenuEntry[] = [
    ...(dataset ? [{ id: "look", label: words.canvas.visualize, icon: Eye, keys: keyOf("look"), cannot: file ? undefined : empty, act: () => acts.lookAt(node, port) }] : []),
    ...(own.kind === "module" ? [{ id: "device", label: words.device.title, icon: Terminal, cannot: seen ? undefined : words.canvas.runFirst, act: () => acts.why(node) }] : []),
    ...(dataset ? [
      { id: "csv", label: words.canvas.downloadAs("CSV"), icon: Download, cannot: file ? undefined : empty, act: () => save("csv") },
      { id: "parquet", label: words.canvas.downloadAs("Parquet"), icon: Download, cannot: file ? undefined : empty, act: () => save("parquet") },
    ] : []),
    ...(own.kind === "module" && output.kind !== "zip" ? [{ id: "save", label: `${words.canvas.saveAs[output.kind]}…`, icon: Save, cannot: empty, act: onSave }] : []),
    { id: "connect", label: words.canvas.connectTo, icon: Spline, keys: keyOf("connect"), apart: true, act: () => { experiment.select([node]); acts.connect(); } },
  ];
  return (
    <Popover isOpen placement="bottom start" triggerRef={trigger} onOpenChange={(open) => !open && onClose()}>
      <MenuEntries
        label={output.label}
        entries={entries.map((entry) => ({ ...entry, act: () => { onClose(); entry.act(); } }))}
      />
    </Popover>
  );
}

function handleOf(node: string, port: string): HTMLElement | null {
  const within = `.react-flow__node[data-id="${CSS.escape(node)}"]`;
  return document.querySelector(`${within} .react-flow__handle-bottom[data-handleid="${CSS.escape(port)}"]`) ?? document.querySelector(within);
}

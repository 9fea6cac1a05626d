/** The chip that says what to do next. It can be put away. */

import { X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../look/button";
import { store, stored } from "../look/preferences";
import { useWords } from "../words/words";
import type { Experiment } from "./experiment";
import { useLive } from "./live";
import { type NextStep, nextStep } from "./next_step";

interface NextChipProps {
  readonly experiment: Experiment;
  readonly acts: { add(): void; run(): void; go(node: string): void; lookAt(node: string): void; why(node: string): void };
}

export function NextChip({ experiment, acts }: NextChipProps) {
  const words = useWords();
  const graph = experiment.use((state) => state.graph);
  const document = experiment.use((state) => state.document);
  const run = useLive();
  const [away, setAway] = useState(stored("next", ["away"], "" as "away") === "away");
  const step = nextStep(graph, document.states, document.findings, run);
  if (away || !step) return null;
  const { text, label, act } = described(step);
  return (
    <div className="float next">
      <span className="clip"><span className="mute">{words.next.label}</span> {text}</span>
      <Button small look="link" onClick={act}>{label}</Button>
      <IconButton small icon={X} label={words.next.putAway} onClick={() => { store("next", "away"); setAway(true); }} />
    </div>
  );

  function described(next: NextStep) {
    switch (next.kind) {
      case "add": return { text: words.next.addFirst, label: words.next.add, act: acts.add };
      case "wire": return { text: words.next.wire(next.port, next.node), label: words.home.open, act: () => acts.go(next.node) };
      case "fix": return { text: words.next.fix(next.node), label: words.home.open, act: () => acts.go(next.node) };
      case "failed": return { text: words.next.failed(next.node, next.says), label: words.next.seeWhy, act: () => acts.why(next.node) };
      case "run": return { text: words.next.ready, label: words.canvas.run, act: acts.run };
      case "look": return { text: words.next.finished(next.node), label: words.canvas.visualize, act: () => acts.lookAt(next.node) };
    }
  }
}

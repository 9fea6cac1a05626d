/** What stands between the experiment and its file: a conflict, no server, a mistake in the file. */

import { GitMerge, TriangleAlert, WifiOff } from "lucide-react";
import { Banner } from "../look/banner";
import { Button } from "../look/button";
import { phraseText } from "../words/server";
import { useWords } from "../words/words";
import type { Experiment } from "./experiment";

export function CanvasBanners({ experiment }: { readonly experiment: Experiment }) {
  const words = useWords();
  const standing = experiment.use((state) => state.standing);
  const document = experiment.use((state) => state.document);
  const broken = document.findings.filter((finding) => finding.severity === "error");
  return (
    <>
      {standing.kind === "offline" && <Banner icon={WifiOff} look="off"><span>{words.trouble.offline}</span></Banner>}
      {standing.kind === "conflict" && (
        <Banner icon={GitMerge}>
          <span className="grow">{words.conflict.title}</span>
          <Button look="line" onClick={() => experiment.takeTheirs()}>{words.conflict.takeTheirs}</Button>
          <Button look="line" onClick={() => experiment.keepMine()}>{words.conflict.keepMine}</Button>
        </Banner>
      )}
      {document.shown !== "current" && (
        <Banner icon={TriangleAlert} look="wrong">
          <span>
            {words.canvas.brokenFile}
            {broken.slice(0, 3).map((finding) => (
              <span key={finding.message} className="mono"><br />experiment.yaml{finding.line !== null && `:${finding.line}`}: {phraseText(finding.message)}</span>
            ))}
          </span>
        </Banner>
      )}
    </>
  );
}

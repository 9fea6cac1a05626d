/** The versions of a dataset file: each opens, and says which experiments use it. */

import { Link } from "@tanstack/react-router";
import { History } from "lucide-react";
import { useState } from "react";
import type { DatasetFile, DatasetVersion } from "../../api/datasets";
import { Banner } from "../../look/banner";
import { Button } from "../../look/button";
import { Dialog } from "../../look/dialog";
import { amount, moment, size, useWords } from "../../words/words";
import { contentText, UsedBy } from "./dataset_list";

/** The version whose content the file has now; undefined until that has been read. */
export function currentVersion(file: DatasetFile): DatasetVersion | undefined {
  return file.versions.find(({ content }) => content === file.content);
}

interface VersionsProps {
  readonly file: DatasetFile;
  /** The version that the page shows. */
  readonly shown: DatasetVersion | undefined;
}

export function VersionsButton({ file, shown }: VersionsProps) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  if (file.versions.length === 0) return null;
  return (
    <>
      <Button look="line" icon={History} onClick={() => setOpen(true)}>{shown ? words.datasets.versionOf(shown.version, file.versions.length) : words.datasets.versions}</Button>
      {open && <VersionsDialog file={file} shown={shown} onClose={() => setOpen(false)} />}
    </>
  );
}

function VersionsDialog({ file, shown, onClose }: VersionsProps & { readonly onClose: () => void }) {
  const words = useWords();
  const current = currentVersion(file);
  return (
    <Dialog title={words.datasets.versionsOf(file.name)} wide onClose={onClose}>
      <div className="body flush">
        <table className="list versionlist">
          <thead>
            <tr><th>{words.datasets.version}</th><th>{words.datasets.since}</th><th className="r">{words.datasets.size}</th><th>{words.datasets.content}</th><th>{words.datasets.usedBy}</th></tr>
          </thead>
          <tbody>
            {file.versions.toReversed().map((one) => (
              <tr key={one.version} className={one === shown ? "on" : ""}>
                <td className="num">
                  <Link to="/datasets/$name" params={{ name: file.name }} search={one === current ? {} : { version: one.version }} aria-label={words.datasets.openVersion(one.version)} {...(one === shown && { "aria-current": true })} onClick={onClose}>{amount(one.version)}</Link>
                  {one === current && <span className="mute small"> {words.datasets.current}</span>}
                </td>
                <td className="num">{moment(one.created_at)}</td>
                <td className="r">{size(one.bytes)}</td>
                <td className="num">{contentText(one, words)}</td>
                <td className="wraps"><UsedBy experiments={one.used_by} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}

interface OlderVersionProps {
  readonly name: string;
  readonly version: number;
  /** Undefined if the workspace has no such file any more. */
  readonly file: DatasetFile | undefined;
}

/** Says that the page does not show what the file has now, and leads there. */
export function OlderVersion({ name, version, file }: OlderVersionProps) {
  const words = useWords();
  const seen = file?.versions.find((one) => one.version === version);
  return (
    <Banner icon={History} look="off">
      <span className="grow">{words.datasets.older(version, seen ? moment(seen.created_at) : "")}</span>
      {file ? <Link to="/datasets/$name" params={{ name }} className="b line">{words.datasets.openCurrent}</Link> : <span>{words.datasets.fileGone}</span>}
    </Banner>
  );
}

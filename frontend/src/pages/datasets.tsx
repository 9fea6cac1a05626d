/** The datasets of the workspace, and their upload: by the button, or by a drop anywhere on the page. */

import { useQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { datasetsQuery } from "../api/datasets";
import { Button } from "../look/button";
import { Trouble } from "../look/trouble";
import { DatasetList } from "../panels/datasets/dataset_list";
import { UploadCard } from "../panels/datasets/upload_card";
import { useUploads } from "../panels/datasets/uploading";
import { Frame } from "../shell/frame";
import { useWords } from "../words/words";

export function DatasetsPage() {
  const words = useWords();
  const datasets = useQuery(datasetsQuery);
  const { all: uploads, add } = useUploads();
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  useEffect(() => {
    document.title = `${words.datasets.title} – Studiolo`;
  }, [words]);
  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add([...event.dataTransfer.files]);
  };
  return (
    <Frame
      bar={
        <>
          <nav className="crumbs" aria-label={words.rail.where}><h1>{words.datasets.title}</h1></nav>
          {datasets.data && <span className="mute num">{datasets.data.datasets.length}</span>}
          <span className="end" />
          <input ref={field} className="sr" type="file" multiple tabIndex={-1} aria-label={words.datasets.upload} onChange={(event) => { add([...(event.target.files ?? [])]); event.target.value = ""; }} />
          <Button look="go" icon={Upload} onClick={() => field.current?.click()}>{words.datasets.upload}</Button>
        </>
      }
    >
      {datasets.isError ? (
        <main className="page centred"><Trouble error={datasets.error} onRetry={() => void datasets.refetch()} /></main>
      ) : (
        <main className={`page padded droppable ${over ? "over" : ""}`} aria-busy={!datasets.data} onDragOver={onDragOver} onDragLeave={() => setOver(false)} onDrop={onDrop}>
          {uploads.filter(({ goal }) => goal === "").map((upload) => <UploadCard key={upload.key} upload={upload} />)}
          {datasets.data && datasets.data.datasets.length > 0 && <DatasetList datasets={datasets.data.datasets} />}
          <p className="mute dropnote">{datasets.data?.datasets.length === 0 ? words.datasets.none : words.datasets.drop}</p>
        </main>
      )}
    </Frame>
  );
}

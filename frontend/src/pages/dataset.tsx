/** The page of a dataset file: its table and statistics. */

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { datasetDownload, datasetProfileQuery, datasetQuery, datasetTableQuery } from "../api/datasets";
import { Trouble } from "../look/trouble";
import { DataRoom } from "../panels/data/data_room";
import { DownloadMenu } from "../panels/data/download";
import { UsedBy } from "../panels/datasets/dataset_list";
import { Crumbs } from "../shell/crumbs";
import { Frame } from "../shell/frame";
import { size, useWords } from "../words/words";

/** Bins of histograms, unless another number is chosen. */
const BINS = 24;

export function DatasetPage() {
  const words = useWords();
  const { name } = useParams({ from: "/datasets/$name" });
  const [bins, setBins] = useState(BINS);
  const file = useQuery(datasetQuery(name));
  const table = useQuery(datasetTableQuery(name));
  const profile = useQuery({ ...datasetProfileQuery(name, bins), placeholderData: (before) => before, enabled: table.isSuccess });
  useEffect(() => {
    document.title = `${name} – Studiolo`;
  }, [name]);
  const error = table.error ?? profile.error;
  return (
    <Frame
      bar={
        <>
          <Crumbs above={[["/datasets", words.datasets.title]]} title={name} />
          {table.data && <span className="mute num nowrap">{words.common.rows(table.data.rows)} · {words.common.columns(table.data.columns.length)}</span>}
          {file.data && <span className="mute num nowrap">{size(file.data.bytes)}</span>}
          {file.data && <span className="small clip">{words.datasets.usedBy}: <UsedBy experiments={file.data.used_by} /></span>}
        </>
      }
    >
      {error ? (
        <main className="page centred"><Trouble error={error} onRetry={() => { void table.refetch(); void profile.refetch(); }} /></main>
      ) : table.data ? (
        <DataRoom key={name} source={table.data} profiles={profile.data?.columns} bins={{ now: bins, set: setBins }} download={<DownloadMenu address={(format) => datasetDownload(name, format)} />} />
      ) : (
        <main className="page" aria-busy="true" />
      )}
    </Frame>
  );
}

/** The page of a dataset file: its table and statistics, as it is now or in an older version. */

import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { type DatasetPlace, datasetDownload, datasetHeadQuery, datasetProfileQuery, datasetQuery, datasetTable } from "../api/datasets";
import { Trouble } from "../look/trouble";
import { DataRoom } from "../panels/data/data_room";
import { UsedBy } from "../panels/datasets/dataset_list";
import { currentVersion, OlderVersion, VersionsButton } from "../panels/datasets/versions";
import { Crumbs } from "../shell/crumbs";
import { Frame } from "../shell/frame";
import { size, useWords } from "../words/words";

/** Bins of histograms, unless another number is chosen. */
const BINS = 24;

export function DatasetPage() {
  const { name } = useParams({ from: "/datasets/$name" });
  const { version } = useSearch({ from: "/datasets/$name" });
  const place = useMemo(() => ({ name, version }), [name, version]);
  return <Content key={`${version} ${name}`} place={place} />;
}

let readings = 0;

/** A name for the rows as they are read now: another one for each visit, and for each content that the file gets meanwhile. */
function useReading(content: number | string | null | undefined): string {
  const next = () => {
    readings += 1;
    return `${readings}`;
  };
  const [reading, setReading] = useState(next);
  const known = useRef(content);
  useEffect(() => {
    if (content == null) return;
    if (known.current != null && known.current !== content) setReading(next);
    known.current = content;
  }, [content]);
  return reading;
}

function Content({ place }: { readonly place: DatasetPlace }) {
  const words = useWords();
  const { name, version } = place;
  const [bins, setBins] = useState(BINS);
  const { data: file, isPending, refetch: lookAgain } = useQuery(datasetQuery(name));
  const head = useQuery(datasetHeadQuery(place));
  const profile = useQuery({ ...datasetProfileQuery(place, bins), placeholderData: (before) => before, enabled: head.isSuccess });
  const shown = file && (version === undefined ? currentVersion(file) : file.versions.find((one) => one.version === version));
  const users = shown?.used_by ?? file?.used_by;
  const content = version === undefined ? file?.content : version;
  const reading = useReading(content);
  const table = useMemo(() => head.data && datasetTable(place, reading, head.data), [place, reading, head.data]);
  useEffect(() => {
    document.title = `${name} – Studiolo`;
  }, [name]);
  // A content becomes a version when all of it is read for the first time, as the profile needs it; one from before may be of another content.
  const unread = file !== undefined && (!shown || shown.rows === null);
  useEffect(() => {
    if (unread && profile.isSuccess) void lookAgain();
  }, [unread, profile.isSuccess, profile.dataUpdatedAt, content, lookAgain]);
  const error = head.error ?? profile.error;
  return (
    <Frame
      banners={version !== undefined && !isPending && shown !== (file && currentVersion(file)) && <OlderVersion name={name} version={version} file={file} />}
      bar={
        <>
          <Crumbs above={[["/datasets", words.datasets.title]]} title={name} />
          {table && <span className="mute num nowrap">{words.common.rows(table.rows)} · {words.common.columns(table.columns.length)}</span>}
          {file && <span className="mute num nowrap">{size(shown?.bytes ?? file.bytes)}</span>}
          {file && <span className="small clip" title={users?.join(", ")}>{words.datasets.usedBy}: <UsedBy experiments={users ?? []} /></span>}
          <span className="end" />
          {file && <VersionsButton file={file} shown={shown} />}
        </>
      }
    >
      {error ? (
        <main className="page centred"><Trouble error={error} onRetry={() => { void head.refetch(); void profile.refetch(); }} /></main>
      ) : table ? (
        <DataRoom key={table.key.join(" ")} source={table} profiles={profile.data?.columns} bins={{ now: bins, set: setBins }} download={(format, order) => datasetDownload(place, format, order)} />
      ) : (
        <main className="page" aria-busy="true" />
      )}
    </Frame>
  );
}

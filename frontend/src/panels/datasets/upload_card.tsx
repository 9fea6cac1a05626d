/** One upload: its progress; when it has arrived, what will be stored, and under which name. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Play, X } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { datasetsQuery, STORED_TYPES, type StoredType, uploads } from "../../api/datasets";
import { Button, IconButton } from "../../look/button";
import { Select } from "../../look/select";
import { toast } from "../../look/toast";
import { useTroubleText } from "../../look/trouble";
import { isNumeric, shownCell, typeKind } from "../../table/cells";
import { share, size, useWords } from "../../words/words";
import { type Upload, useUploads } from "./uploading";

interface UploadCardProps {
  readonly upload: Upload;
  /** Called with the name of the dataset that was made of it. */
  readonly onStored?: ((name: string) => void) | undefined;
}

export function UploadCard({ upload, onStored }: UploadCardProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const { goOn, discard } = useUploads();
  const { key, name, sent, size: whole, state, error } = upload;
  const part = whole > 0 ? sent / whole : 1;
  return (
    <article className="card upload">
      <header className="row">
        <b className="clip grow">{name}</b>
        <span className="small mute num">{size(sent)} / {size(whole)}</span>
        <IconButton small icon={X} label={words.datasets.discard(name)} onClick={() => discard(key)} />
      </header>
      {state !== "arrived" && <progress aria-label={words.datasets.uploading(name, share(part))} value={part} max={1} />}
      {state === "interrupted" && (
        <p className="note warn">
          <span aria-hidden="true">!</span>
          <span>{trouble(error)} <Button small look="line" icon={Play} onClick={() => goOn(key)}>{words.datasets.goOn(share(part))}</Button></span>
        </p>
      )}
      {state === "arrived" && upload.id !== null && <Store upload={upload} id={upload.id} onStored={onStored} />}
    </article>
  );
}

function Store({ upload, id, onStored }: UploadCardProps & { readonly id: string }) {
  const words = useWords();
  const trouble = useTroubleText();
  const queries = useQueryClient();
  const done = useUploads((all) => all.done);
  const [name, setName] = useState(upload.name);
  const [types, setTypes] = useState<Types>({});
  const [encoding, setEncoding] = useState("");
  const store = useMutation({
    mutationFn: (replace: boolean) => uploads.finish(id, name, types, encoding, replace),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: datasetsQuery.queryKey });
      toast(words.datasets.stored(made.name));
      onStored?.(made.name);
      done(upload.key);
    },
  });
  const exists = store.error instanceof ApiError && store.error.status === 409;
  return (
    <>
      <Preview id={id} name={name} types={types} encoding={encoding} onTypes={(changed) => { setTypes(changed); store.reset(); }} onEncoding={setEncoding} />
      <form className="row storing" onSubmit={(event) => { event.preventDefault(); store.mutate(false); }}>
        <input className="in" aria-label={words.datasets.name} value={name} aria-invalid={store.isError} onChange={(event) => { setName(event.target.value); store.reset(); }} />
        {exists
          ? <Button look="go" onClick={() => store.mutate(true)}>{words.datasets.replace}</Button>
          : <Button look="go" icon={Check} type="submit" cannot={store.isPending && words.common.loading}>{words.datasets.store}</Button>}
      </form>
      {store.isError && <p className="help bad" role="alert">{exists ? words.datasets.exists(name) : trouble(store.error)}</p>}
    </>
  );
}

const SHOWN_COLUMNS = 100;
const SHOWN_ROWS = 8;

/** By column, where they are to differ from the guess. */
type Types = Readonly<Record<string, StoredType>>;

interface PreviewProps {
  readonly id: string;
  readonly name: string;
  readonly types: Types;
  /** Empty: UTF-8, or what the file says. */
  readonly encoding: string;
  readonly onTypes: (types: Types) => void;
  readonly onEncoding: (encoding: string) => void;
}

/** Offered for a file that is not in UTF-8, beside those that its content fits. */
const ENCODINGS = ["euc-kr", "windows-1252", "shift_jis", "gb18030", "big5", "utf-16"];

function Preview({ id, name, types, encoding, onTypes, onEncoding }: PreviewProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const { data: rows, error } = useQuery({
    queryKey: ["upload", id, name.slice(name.lastIndexOf(".")), encoding],
    queryFn: ({ signal }) => uploads.preview(id, name, encoding, signal),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  // A bundle or a text has no table, and can be stored all the same.
  if (error) {
    return (
      <div className="note">
        <span aria-hidden="true">!</span>
        <div>
          {trouble(error)}
          {encodingsFor(error).length > 0 && (
            <Select
              label={words.datasets.encoding}
              value={encoding}
              choices={[["", words.datasets.chooseEncoding], ...encodingsFor(error).map((one) => [one, one] as const)]}
              onChange={onEncoding}
            />
          )}
        </div>
      </div>
    );
  }
  if (!rows) return <p className="mute">{words.datasets.reading}</p>;
  const columns = rows.columns.slice(0, SHOWN_COLUMNS);
  const read = encoding && <> · {encoding} <Button small look="link" onClick={() => onEncoding("")}>{words.datasets.otherEncoding}</Button></>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="previewed" tabIndex={0} role="region" aria-label={words.datasets.preview}>
      <table>
        <caption>{words.common.rows(rows.total)} · {words.common.columns(rows.columns.length)}{read}</caption>
        <thead>
          <tr>
            {columns.map(({ name: column, type }) => (
              <th key={column} scope="col">
                <span className="clip" title={column.slice(0, 1000)}>{column.slice(0, 200)}</span>
                <Select
                  low
                  label={words.datasets.typeOf(column.slice(0, 80))}
                  value={types[column] ?? ""}
                  choices={[["", words.datasets.types[typeKind(type)]], ...STORED_TYPES.filter((one) => one !== typeKind(type)).map((one) => [one, words.datasets.types[one]] as const)]}
                  onChange={(chosen) => onTypes(withType(types, column, chosen as StoredType | ""))}
                />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.rows.slice(0, SHOWN_ROWS).map((row, at) => (
            // The rows of a preview do not change.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={at}>{columns.map((column, index) => <td key={column.name} className={`${isNumeric(column.type) ? "r" : ""} ${row[index] === null ? "miss" : ""}`}>{shownCell(row[index] ?? null) ?? words.data.missing}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The encodings to choose from, those that fit the whole file first; none if that is not what is wrong. */
function encodingsFor(error: unknown): readonly string[] {
  if (!(error instanceof ApiError) || !/^dataset-(encoding|nul-byte)/.test(error.code)) return [];
  const { candidates } = error.facts;
  return [...new Set([...(Array.isArray(candidates) ? candidates as readonly string[] : []), ...ENCODINGS])];
}

function withType(types: Types, column: string, chosen: StoredType | ""): Types {
  const { [column]: _, ...others } = types;
  return chosen === "" ? others : { ...others, [column]: chosen };
}

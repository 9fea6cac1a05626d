/** A dataset file of the workspace: chosen among those that are there, or uploaded. */

import { useQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useId, useRef } from "react";
import { datasetsQuery } from "../../api/datasets";
import { IconButton } from "../../look/button";
import { onUse } from "../../look/on_use";
import { Select } from "../../look/select";
import { useWords } from "../../words/words";
import { useUploads } from "../datasets/uploading";
import type { FieldProps } from "./parameter_field";

const UploadDialog = onUse(async () => (await import("./upload_dialog")).UploadDialog);

export function FileField({ parameter, value, readOnly, onChange }: FieldProps) {
  const words = useWords();
  const { data: listed } = useQuery(datasetsQuery);
  const { all: uploads, add, discard } = useUploads();
  const goal = useId();
  const field = useRef<HTMLInputElement>(null);
  const chosen = String(value ?? parameter.default ?? "");
  const names = listed?.datasets.map(({ name }) => name) ?? [];
  // A file that is gone stays in the list, so that nothing is changed by looking.
  const shown = chosen === "" || names.includes(chosen) ? names : [chosen, ...names];
  const upload = uploads.find((one) => one.goal === goal);
  return (
    <div className="row">
      <span className="grow">
        <Select
          label={parameter.label}
          value={chosen}
          choices={[["", words.properties.noFile], ...shown.map((name) => [name, name] as const)]}
          disabled={readOnly}
          onChange={(name) => onChange(name === "" ? undefined : name)}
        />
      </span>
      {!readOnly && (
        <>
          <input ref={field} className="sr" type="file" tabIndex={-1} aria-label={words.properties.uploadFor(parameter.label)} onChange={(event) => { add([...(event.target.files ?? [])], goal); event.target.value = ""; }} />
          <IconButton look="line" icon={Upload} label={words.datasets.upload} onClick={() => field.current?.click()} />
        </>
      )}
      {upload && (
        <UploadDialog upload={upload} onStored={onChange} onClose={() => discard(upload.key)} />
      )}
    </div>
  );
}

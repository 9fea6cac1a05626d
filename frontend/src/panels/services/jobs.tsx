/** The batch jobs of a service: whole files are uploaded, scored and downloaded. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, Play, Square, Upload as UploadIcon, X } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { isGoing, type Job, type JobFormat, jobOutputAddress, jobs, jobsQuery } from "../../api/jobs";
import type { ServiceSchema } from "../../api/services";
import { Button, IconButton } from "../../look/button";
import { Icon } from "../../look/icon";
import { StateMark } from "../../look/marks";
import { Select } from "../../look/select";
import { shownRun } from "../../look/states";
import { toast } from "../../look/toast";
import { useTroubleText } from "../../look/trouble";
import { amount, moment, share, useWords } from "../../words/words";
import { useUploads } from "../datasets/uploading";
import { parameterValues } from "./parameter_values";
import { ParameterFields, type TypedParameters } from "./parameters";

interface JobsProps {
  readonly service: string;
  readonly endpoint: string;
  readonly schema: ServiceSchema;
}

export function Jobs(props: JobsProps) {
  const words = useWords();
  const { data: found } = useQuery(jobsQuery(props.service));
  return (
    <section className="card jobs" id="jobs" aria-busy={!found}>
      <header className="row"><h2 className="grow">{words.jobs.title}</h2></header>
      <NewJob {...props} />
      {found && found.jobs.length > 0 && <JobList service={props.service} jobs={found.jobs} />}
      {found?.jobs.length === 0 && <p className="mute small none">{words.jobs.none}</p>}
    </section>
  );
}

function NewJob({ service, endpoint, schema }: JobsProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const queries = useQueryClient();
  const { all, done } = useUploads();
  const [format, setFormat] = useState<JobFormat>("csv");
  const [typed, setTyped] = useState<TypedParameters>({});
  const files = Object.keys(schema.inputs).map((input) => [input, all.findLast(({ goal }) => goal === goalOf(service, input))] as const);
  const begun = files.some(([, upload]) => upload !== undefined);
  const ready = files.every(([, upload]) => upload?.state === "arrived");
  const start = useMutation({
    mutationFn: () => {
      const inputs = files.flatMap(([input, upload]) => (upload?.id ? [[input, { upload: upload.id, name: upload.name }] as const] : []));
      return jobs.submit(service, endpoint, Object.fromEntries(inputs), parameterValues(schema.parameters, typed), format);
    },
    onSuccess: async () => {
      for (const [, upload] of files) if (upload) done(upload.key);
      await queries.invalidateQueries({ queryKey: jobsQuery(service).queryKey });
    },
    onError: (error) => toast(trouble(error), { look: "refused" }),
  });
  return (
    <div className="newjob">
      {files.map(([input]) => <Input key={input} service={service} input={input} single={files.length === 1} />)}
      {begun && <ParameterFields parameters={schema.parameters} typed={typed} onType={setTyped} />}
      {begun && (
        <p className="row keysrow">
          <label className="row small soft">{words.jobs.format} <Select low label={words.jobs.format} value={format} choices={[["csv", "CSV"], ["parquet", "Parquet"]]} onChange={(value) => setFormat(value === "parquet" ? "parquet" : "csv")} /></label>
          <span className="grow" />
          <Button look="go" icon={Play} cannot={!ready && words.jobs.notArrived} onClick={() => start.mutate()}>{words.jobs.start}</Button>
        </p>
      )}
    </div>
  );
}

function goalOf(service: string, input: string): string {
  return `job ${service} ${input}`;
}

interface InputProps {
  readonly service: string;
  readonly input: string;
  /** Whether the service has no other input. */
  readonly single: boolean;
}

/** The file for an input: chosen or dropped, then its upload. */
function Input({ service, input, single }: InputProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const { all, add, discard, goOn } = useUploads();
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const goal = goalOf(service, input);
  const upload = all.findLast((one) => one.goal === goal);
  const take = (files: FileList | null) => {
    const [file] = files ?? [];
    if (!file) return;
    if (upload) discard(upload.key);
    add([file], goal);
  };
  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  const part = upload && upload.size > 0 ? upload.sent / upload.size : 1;
  return (
    <div className={`dropbox ${over ? "over" : ""}`} onDragOver={onDragOver} onDragLeave={() => setOver(false)} onDrop={onDrop}>
      {!single && <span className="mono small">{input}</span>}
      {upload ? (
        <>
          <span className="clip grow">{upload.name}</span>
          {upload.state === "sending" && <progress aria-label={words.datasets.uploading(upload.name, share(part))} value={part} max={1} />}
          {upload.state === "arrived" && <span className="pill ok"><StateMark mark="done" small />{words.jobs.arrived}</span>}
          {upload.state === "interrupted" && <span className="small warn">{trouble(upload.error)} <Button small look="line" onClick={() => goOn(upload.key)}>{words.datasets.goOn(share(part))}</Button></span>}
          <IconButton small icon={X} label={words.datasets.discard(upload.name)} onClick={() => discard(upload.key)} />
        </>
      ) : (
        <>
          <span className="mute small grow">{words.jobs.drop}</span>
          <input ref={field} className="sr" type="file" tabIndex={-1} aria-label={words.jobs.fileFor(input)} onChange={(event) => { take(event.target.files); event.target.value = ""; }} />
          <Button look="line" icon={UploadIcon} onClick={() => field.current?.click()}>{words.jobs.choose}</Button>
        </>
      )}
    </div>
  );
}

function JobList({ service, jobs: all }: { readonly service: string; readonly jobs: readonly Job[] }) {
  const words = useWords();
  return (
    <table className="list">
      <thead><tr><th>{words.jobs.file}</th><th className="state">{words.runs.state}</th><th className="when">{words.runs.started}</th><th className="r">{words.jobs.rows}</th><th className="acts"><span className="sr">{words.jobs.acts}</span></th></tr></thead>
      <tbody>{all.map((job) => <JobRow key={job.id} service={service} job={job} />)}</tbody>
    </table>
  );
}

function JobRow({ service, job }: { readonly service: string; readonly job: Job }) {
  const words = useWords();
  const trouble = useTroubleText();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => jobs.cancel(service, job.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: jobsQuery(service).queryKey }),
    onError: (error) => toast(trouble(error), { look: "refused" }),
  });
  const shown = job.state === "waiting" ? { mark: "waiting" as const, word: words.run.queued, look: "mute" } : shownRun(job.state, words);
  const name = Object.values(job.inputs).join(", ");
  const { rows_done: done, rows_total: total } = job;
  return (
    <>
      <tr>
        <td title={name}>{name}</td>
        <td><span className={`pill ${shown.look}`}><StateMark mark={shown.mark} small />{shown.word}</span></td>
        <td className="num mute">{moment(job.created_at)}</td>
        <td className="r">{total === null ? words.common.rows(done) : job.state === "finished" ? words.common.rows(total) : words.common.of(done, total)}</td>
        <td className="acts">
          {isGoing(job) && <IconButton small icon={Square} label={`${words.jobs.stop}: ${name}`} onClick={() => cancel.mutate()} />}
          {Object.keys(job.outputs).map((output) => (
            <a key={output} className="b icon sm" href={jobOutputAddress(service, job.id, output)} download title={words.jobs.download(output)} aria-label={`${words.jobs.download(output)}: ${name}`}><Icon of={Download} /></a>
          ))}
        </td>
      </tr>
      {job.state === "running" && (
        <tr className="under"><td colSpan={5}><progress aria-label={`${words.jobs.rows}: ${name}`} {...(total !== null && { value: done, max: Math.max(1, total) })} />{total !== null && <span className="sr">{amount(done)}</span>}</td></tr>
      )}
      {job.state === "failed" && <tr className="under"><td colSpan={5} className="bad wrap">{job.details.slice(0, 2_000)}</td></tr>}
    </>
  );
}

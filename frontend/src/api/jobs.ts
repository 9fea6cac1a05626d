/** Batch jobs of web services. */

import { queryOptions } from "@tanstack/react-query";
import type { Cell } from "../table/cells";
import { client, data, type Schemas } from "./client";

export type Job = Schemas["JobDocument"];
export type JobFormat = Schemas["NewJob"]["format"];

const OFTEN = 1_000;
const SELDOM = 10_000;

export const jobsQuery = (service: string) => queryOptions({
  queryKey: ["jobs", service],
  queryFn: () => data(client.GET("/services/{service}/jobs", { params: { path: { service } } })),
  refetchInterval: ({ state }) => (state.data?.jobs.some(isGoing) ? OFTEN : SELDOM),
});

/** Whether a job is still to do something. */
export function isGoing({ state }: Pick<Job, "state">): boolean {
  return state === "waiting" || state === "running";
}

export const jobs = {
  submit: (service: string, endpoint: string, inputs: Schemas["NewJob"]["inputs"], parameters: Record<string, Cell>, format: JobFormat) =>
    data(client.POST("/services/{service}/jobs", {
      params: { path: { service } },
      body: { endpoint, inputs, parameters: parameters as never, format },
    })),
  cancel: (service: string, job: string) => data(client.POST("/services/{service}/jobs/{job}/cancel", { params: { path: { service, job } } })),
};

export function jobOutputAddress(service: string, job: string, output: string): string {
  return `/api/services/${encodeURIComponent(service)}/jobs/${encodeURIComponent(job)}/outputs/${encodeURIComponent(output)}`;
}

/** The documents that pages share, each under one key. */

import { QueryClient, queryOptions } from "@tanstack/react-query";
import { ApiError, client, data, document, type Schemas } from "./client";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refuses, it refuses again; what did not reach it may.
      retry: (count, error) => error instanceof ApiError && error.unreachable && count < 3,
    },
  },
});

export const workspaceQuery = queryOptions({ queryKey: ["workspace"], queryFn: () => data(client.GET("/workspace")) });

export const modulesQuery = queryOptions({
  queryKey: ["modules"],
  queryFn: () => document<Schemas["ModulesDocument"]>(client.GET("/modules")),
  staleTime: 60_000,
});

export const experimentsQuery = queryOptions({
  queryKey: ["experiments"],
  queryFn: () => data(client.GET("/experiments")),
});

export const samplesQuery = queryOptions({ queryKey: ["samples"], queryFn: () => data(client.GET("/samples")), staleTime: 600_000 });

/** The dataset files of the workspace. */
export const datasetsQuery = queryOptions({ queryKey: ["datasets"], queryFn: () => data(client.GET("/datasets")) });

/** The saved models and transforms of the workspace. */
export const savedQuery = queryOptions({ queryKey: ["saved"], queryFn: () => data(client.GET("/saved")) });

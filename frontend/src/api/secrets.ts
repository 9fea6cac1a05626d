/** The secrets that nodes can be given: their names, never their values. */

import { queryOptions } from "@tanstack/react-query";
import { client, data } from "./client";

export const secretsQuery = queryOptions({
  queryKey: ["secrets"],
  queryFn: () => data(client.GET("/secrets")),
  staleTime: 5_000,
});

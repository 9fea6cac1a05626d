/** Experiments that become web services: set up, and published. */

import { queryOptions } from "@tanstack/react-query";
import { client, data, type Schemas } from "./client";

export type Publication = Schemas["PublicationDocument"];
export type SetUpChoices = Schemas["SetUp"];
export type Keys = Readonly<Record<string, string>>;

/** Milliseconds between two looks at a publication. */
const AGAIN = 400;

export const publicationsQuery = queryOptions({
  queryKey: ["publications"],
  queryFn: () => data(client.GET("/publications")),
  staleTime: 0,
});

export const publicationQuery = (publication: string) => queryOptions({
  queryKey: ["publications", publication],
  queryFn: () => data(client.GET("/publications/{publication}", { params: { path: { publication } } })),
  refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : AGAIN),
});

export function isOver({ state }: Pick<Publication, "state">): boolean {
  return state === "finished" || state === "failed";
}

export const publishing = {
  setUp: (name: string, choices: SetUpChoices) =>
    data(client.POST("/experiments/{name}/web-service", { params: { path: { name } }, body: choices })),
  publish: (body: Schemas["Publish"]) => data(client.POST("/services", { body })),
  takeKeys: async (publication: string): Promise<Keys> =>
    (await data(client.POST("/publications/{publication}/keys", { params: { path: { publication } } }))).keys,
};

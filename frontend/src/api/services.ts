/** The web services of the workspace: published, looked at, tried. */

import { queryOptions } from "@tanstack/react-query";
import type { Cell } from "../table/cells";
import { client, data, document, type Schemas } from "./client";

interface SchemaColumn {
  readonly name: string;
  readonly type: string;
}

interface SchemaPort {
  readonly columns: readonly SchemaColumn[];
  /** A row as callers send it. */
  readonly sample: Readonly<Record<string, Cell>>;
}

export interface ServiceParameter {
  readonly name: string;
  readonly kind: string;
  readonly default?: Cell;
  readonly choices?: readonly string[];
}

export interface ServiceSchema {
  readonly parameters: readonly ServiceParameter[];
  readonly inputs: Readonly<Record<string, SchemaPort>>;
}

export interface Version extends Omit<Schemas["VersionDocument"], "schema"> {
  readonly schema: ServiceSchema;
}

export type Endpoint = Schemas["EndpointDocument"];

export interface Service extends Omit<Schemas["ServiceDocument"], "versions"> {
  readonly versions: readonly Version[];
}

export interface Tried extends Omit<Schemas["TriedDocument"], "outputs"> {
  readonly outputs: Readonly<Record<string, { readonly columns: readonly SchemaColumn[]; readonly rows: readonly (readonly Cell[])[] }>>;
}

export const servicesQuery = queryOptions({
  queryKey: ["services"],
  queryFn: () => document<{ readonly services: readonly Service[] }>(client.GET("/services")),
});

export const serviceQuery = (service: string) => queryOptions({
  queryKey: ["services", service],
  queryFn: () => document<Service>(client.GET("/services/{service}", { params: { path: { service } } })),
});

export const figuresQuery = (service: string) => queryOptions({
  queryKey: ["services", service, "figures"],
  queryFn: () => data(client.GET("/services/{service}/figures", { params: { path: { service } } })),
  refetchInterval: 2_000,
});

export const programsQuery = (service: string, endpoint: string) => queryOptions({
  queryKey: ["services", service, "programs", endpoint],
  queryFn: () => data(client.GET("/services/{service}/endpoints/{endpoint}/programs", { params: { path: { service, endpoint } } })),
});

export type Limits = Schemas["LimitsDocument"];

export type KeySlot = "primary" | "secondary";

export const services = {
  rotate: (service: string, endpoint: string, slot: KeySlot) =>
    data(client.POST("/services/{service}/endpoints/{endpoint}/keys/{slot}", { params: { path: { service, endpoint, slot } } })),
  traffic: (service: string, endpoint: string, weights: Readonly<Record<string, number>>) =>
    data(client.PUT("/services/{service}/endpoints/{endpoint}/traffic", { params: { path: { service, endpoint } }, body: { weights: { ...weights } } })),
  rollBack: (service: string, endpoint: string) =>
    data(client.POST("/services/{service}/endpoints/{endpoint}/rollback", { params: { path: { service, endpoint } } })),
  limits: (service: string, endpoint: string, limits: Partial<Limits>) =>
    data(client.PATCH("/services/{service}/endpoints/{endpoint}/limits", { params: { path: { service, endpoint } }, body: limits })),
  remove: (service: string) => data(client.DELETE("/services/{service}", { params: { path: { service } } })),
  test: (service: string, endpoint: string, inputs: Record<string, Record<string, Cell>[]>, parameters: Record<string, Cell>) =>
    document<Tried>(client.POST("/services/{service}/test", {
      params: { path: { service } },
      // The types of a request lose what a value of JSON may be.
      body: { inputs: inputs as never, parameters: parameters as never, endpoint },
    })),
};

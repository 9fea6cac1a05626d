/** The client of the server's API: typed by its OpenAPI document, one kind of error. */

import createClient from "openapi-fetch";
import type { Facts } from "../words/server";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** What the server refused, or that it did not answer. */
export class ApiError extends Error {
  constructor(
    /** Of HTTP; 0 if the server did not answer. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly body: unknown = null,
  ) {
    super(message);
  }

  /** What it is about, by name. */
  get facts(): Facts {
    return (this.body as { error?: { facts?: Facts } } | null)?.error?.facts ?? {};
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

/** The header that changing requests of the studio carry; see the server's `SignedIn`. */
const SESSION_HEADER = ["X-Studiolo-Session", "1"] as const;

export const client = createClient<paths>({ baseUrl: "/api" });
client.use({
  onRequest({ request }) {
    // One that only reads goes without it, like the one that the browser begins before this script is there.
    if (request.method !== "GET") request.headers.set(...SESSION_HEADER);
    return request;
  },
});

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

type SignedOut = () => void;
let signedOut: SignedOut = () => {};

/** What to do when the server says that the session has ended. */
export function onSignedOut(then: SignedOut): void {
  signedOut = then;
}

/** The data of an answer. @throws ApiError */
export async function data<Data>(request: Promise<Answer<Data>>): Promise<Data> {
  const { data: found, error, response } = await reached(request);
  if (response.ok) return found as Data;
  throw refused(response.status, error);
}

/**
 * The data of an answer, as a document that has values of any kind in it: the client's own types lose
 * those. @throws ApiError
 */
export function document<Document>(request: Promise<Answer<unknown>>): Promise<Document> {
  return data(request) as Promise<Document>;
}

/** A request as it ends; one that does not reach the server is an `ApiError`, too. */
export async function reached<Result>(request: Promise<Result>): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, "unreachable", String(error));
  }
}

/** The error of an answer's body. */
export function refused(status: number, body: unknown): ApiError {
  if (status === 401) signedOut();
  const error = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error;
  // A proxy in between may answer for a server that is not there.
  if (!error && status >= 502) return new ApiError(0, "unreachable", String(status));
  return new ApiError(status, String(error?.code ?? status), String(error?.message ?? status), body);
}

/** A script beside an experiment: read, and saved by itself, if nobody else has changed it meanwhile. */

import { ApiError, client, data } from "../../api/client";

export interface ScriptText {
  readonly text: string;
  readonly revision: string;
}

/** The text now, and the revision that it has, if a save came too late. */
export interface Theirs {
  /** Null if the file was deleted. */
  readonly text: string | null;
  readonly revision: string;
}

export async function readScript(name: string, file: string): Promise<ScriptText> {
  return data(client.GET("/experiments/{name}/files/{file}", { params: { path: { name, file } } }));
}

export type Saved = { readonly saved: ScriptText } | { readonly theirs: Theirs };

/** @throws ApiError for anything but a conflict */
export async function saveScript(name: string, file: string, text: string, revision: string): Promise<Saved> {
  try {
    const body = { text, revision };
    return { saved: await data(client.PUT("/experiments/{name}/files/{file}", { params: { path: { name, file } }, body })) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    const found = error.body as { theirs?: string | null; revision?: string };
    return { theirs: { text: found.theirs ?? null, revision: found.revision ?? "" } };
  }
}

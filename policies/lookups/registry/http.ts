/** Requests to registries: bounded in size and time, tried again where that can help, and never sent where nothing sent us. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Turn } from "../budget";
import { LookupFailure, networkReason } from "../failure";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Ask {
  readonly url: string;
  readonly accept?: string;
  /** Never sent anywhere else, and never shown. */
  readonly authorization?: string | undefined;
  /** Sent by POST. */
  readonly form?: URLSearchParams;
}

/** Manifests and configs are much smaller. Source: OCI distribution-spec ("Pushing Manifests": 4 MiB). */
const MAX_BYTES = 4 * 1024 * 1024;

const ATTEMPTS = 3;
const FIRST_PAUSE = 200;

/** Answers after which another try may do better. */
const PASSING = new Set([429, 500, 502, 503, 504]);

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    size += bytes.byteLength;
    if (size > MAX_BYTES) {
      throw new LookupFailure("its registry's answer is too long");
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function sendOnce({ url, accept, authorization, form }: Ask, turn: Turn): Promise<Reply> {
  turn.request();
  const headers = { "User-Agent": "cpu-architecture", ...(accept === undefined ? {} : { Accept: accept }), ...(authorization === undefined ? {} : { Authorization: authorization }) };
  try {
    const response = await fetch(url, { method: form === undefined ? "GET" : "POST", headers, redirect: "manual", signal: turn.signal, ...(form === undefined ? {} : { body: form }) });
    return { status: response.status, headers: response.headers, text: await bodyOf(response) };
  } catch (error) {
    throw error instanceof LookupFailure || turn.signal.aborted ? error : new LookupFailure(networkReason(error) ?? "it cannot be reached", { cause: error });
  }
}

/** How long to wait before the next try, in milliseconds: what the server asks for, else more each time, by chance. */
function pauseAfter(reply: Reply | undefined, attempt: number): number {
  const wanted = Number(reply?.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(wanted) && wanted >= 0 ? wanted * 1000 : (0.5 + Math.random() / 2) * FIRST_PAUSE * 2 ** attempt;
}

/**
 * Sends a request; redirects are answers like others.
 * @throws LookupFailure if no answer came
 */
export async function send(ask: Ask, turn: Turn): Promise<Reply> {
  for (let attempt = 0; ; attempt += 1) {
    let reply: Reply | undefined;
    let failure: unknown;
    try {
      reply = await sendOnce(ask, turn);
      if (!PASSING.has(reply.status)) {
        return reply;
      }
    } catch (error) {
      failure = error;
      if (turn.signal.aborted || !(error instanceof LookupFailure) || error.cause === undefined) {
        throw error;
      }
    }
    const pause = pauseAfter(reply, attempt);
    if (attempt + 1 >= ATTEMPTS || pause >= turn.left()) {
      if (reply === undefined) {
        throw failure;
      }
      return reply;
    }
    await sleep(pause, undefined, { signal: turn.signal });
  }
}

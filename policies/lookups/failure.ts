/** Why a look-up told nothing, in words that quote neither credentials nor what a server said. */

/** Thrown by look-ups; `reason` is the end of the sentence "it could not be looked up: …". */
export class LookupFailure extends Error {
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** Codes of Node's network errors. Source: Node.js, errors (common system errors), and undici's own. */
const UNREACHABLE = new Set([
  "ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT",
]);

/** What certificates that are not trusted are refused with. Source: Node.js, tls (X509 certificate error codes). */
const UNTRUSTED = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_)/;

function field(error: unknown, key: string): unknown {
  return typeof error === "object" && error !== null ? (error as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** The first code in an error, its causes and its parts; undici and the AWS SDK wrap what went wrong several times. */
export function codeOf(error: unknown, depth = 0): string | undefined {
  const code = field(error, "code");
  if (typeof code === "string") {
    return code;
  }
  const parts = field(error, "errors");
  const inner = [field(error, "cause"), ...(Array.isArray(parts) ? (parts as unknown[]) : [])];
  return depth > 4 ? undefined : inner.map((each) => (each === undefined ? undefined : codeOf(each, depth + 1))).find((each) => each !== undefined);
}

/** What went wrong on the way to a server; undefined for anything else. */
export function networkReason(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === undefined) {
    return undefined;
  }
  return UNREACHABLE.has(code) ? `it cannot be reached (${code})` : UNTRUSTED.test(code) ? "its certificate is not trusted" : undefined;
}

/** The name of an error, if it is a plain word: what it says beside that may quote anything. */
export function nameOf(error: unknown): string {
  const name = field(error, "name");
  return typeof name === "string" && /^[A-Za-z.]{1,60}$/.test(name) ? name : "an error";
}

/** The reason of a failure, or what there is to say of an error that nobody foresaw. */
export function reasonOf(error: unknown): string {
  return error instanceof LookupFailure ? error.reason : (networkReason(error) ?? `unexpectedly, ${nameOf(error)}`);
}

/** The envelopes of user data: base64, gzip, MIME. */

import { EXPANSION, UNKNOWN_VALUE, WHY, type Why } from "./effect";

/** One document of user data, `type` being the media type that its MIME header states. */
export interface TextPart {
  readonly kind: "text";
  readonly text: string;
  readonly type?: string;
}

export type Part = TextPart | { readonly kind: "unreadable"; readonly why: Why };

const MAX_MIME_DEPTH = 3;

const COMPRESSED: Part = { kind: "unreadable", why: WHY.compressed };

export function partsOf(text: string): Part[] {
  const part = decoded(text);
  if (part.kind === "unreadable") {
    return [part];
  }
  return part.text.trim() === UNKNOWN_VALUE ? [{ kind: "unreadable", why: WHY.notYet }] : mimeParts(part, 0);
}

/** Takes base64 off if it is there. No script looks like base64, for a script has more than letters in it. */
function decoded(text: string): Part {
  const compact = text.replace(/\s+/g, "");
  if (compact.length % 4 === 1 || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    return plainPart(text);
  }
  const bytes = Buffer.from(compact, "base64");
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    return COMPRESSED;
  }
  const inner = bytes.toString("utf8");
  return /[\x00-\x08\x0e-\x1f\uFFFD]/.test(inner) ? plainPart(text) : plainPart(inner);
}

function plainPart(text: string): Part {
  if (text.startsWith("\x1f")) {
    return COMPRESSED;
  }
  const normal = text.replace(/^\uFEFF/, "").replace(/\r\n/g, "\n").replaceAll(EXPANSION, " ");
  return { kind: "text", text: normal };
}

/** The documents of a MIME message, or the text itself if it is none. */
function mimeParts(part: TextPart, depth: number): Part[] {
  const text = part.text.trimStart();
  if (!/^(?:mime-version|content-type|content-transfer-encoding):/i.test(text)) {
    return [part];
  }
  const { headers, body } = splitHeaders(text);
  const type = /^content-type:[ \t]*([a-z0-9./+-]+)/im.exec(headers)?.[1]?.toLowerCase() ?? "text/plain";
  if (!type.startsWith("multipart/")) {
    return [bodyPart(headers, body, type)];
  }
  const boundary = /^content-type:.*?\bboundary=("?)([^";\s]+)\1/im.exec(headers)?.[2];
  if (boundary === undefined || depth >= MAX_MIME_DEPTH) {
    return [{ kind: "unreadable", why: WHY.unread }];
  }
  return splitAtBoundary(body, boundary).flatMap((inner) => mimeParts({ kind: "text", text: inner, type: "text/plain" }, depth + 1));
}

/** Headers end at the first empty line; a header may be continued on an indented line. */
function splitHeaders(text: string): { headers: string; body: string } {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => line.trim() === "");
  const headerLines = end === -1 ? lines : lines.slice(0, end);
  return { headers: headerLines.join("\n").replace(/\n[ \t]+/g, " "), body: end === -1 ? "" : lines.slice(end + 1).join("\n") };
}

function splitAtBoundary(body: string, boundary: string): string[] {
  const parts: string[][] = [];
  for (const line of body.split("\n")) {
    const marker = line.trimEnd();
    if (marker === `--${boundary}--`) {
      break;
    }
    if (marker === `--${boundary}`) {
      parts.push([]);
    } else {
      parts.at(-1)?.push(line);
    }
  }
  return parts.map((lines) => lines.join("\n"));
}

function bodyPart(headers: string, body: string, type: string): Part {
  const encoding = /^content-transfer-encoding:[ \t]*([a-z0-9-]+)/im.exec(headers)?.[1]?.toLowerCase();
  switch (encoding) {
    case undefined:
    case "7bit":
    case "8bit":
    case "binary":
      return { kind: "text", text: body, type };
    case "base64": {
      const part = decoded(body);
      return part.kind === "text" ? { ...part, type } : part;
    }
    default:
      return { kind: "unreadable", why: WHY.unread };
  }
}

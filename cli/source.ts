/** Reads files and standard input as JSON. */

import { readFileSync } from "node:fs";
import { BadInput } from "./bad-input";
import { findBreak } from "./json-break";

/** The name of standard input on the command line. */
export const STDIN = "-";

/** A source as messages name it. */
export function nameOfSource(source: string): string {
  return source === STDIN ? "standard input" : source;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "that is not allowed",
  EPERM: "that is not allowed",
  EISDIR: "it is a folder",
  ENOTDIR: "its folder is none",
  EROFS: "nothing can be written there",
  ENOSPC: "there is no room left",
  ERR_FS_FILE_TOO_LARGE: "it is too large",
};

/** Why a file can be neither read nor written. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return REASONS[code] ?? code;
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new BadInput(file, "", `cannot be read: ${reasonOf(error)}`);
  }
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** As text: UTF-8, or the UTF-16 that PowerShell's `>` writes, each without its byte order mark. */
function decodeText(bytes: Buffer, name: string): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return bytes.toString(isUtf16 ? "utf16le" : "utf8").replace(/^\uFEFF/, "");
  } catch {
    throw new BadInput(name, "", "is too large to be read as one text");
  }
}

/** A text of the user's. @throws BadInput if it cannot be read */
export async function readText(source: string): Promise<string> {
  const bytes = source === STDIN ? await readStdin() : readBytes(source);
  return decodeText(bytes, nameOfSource(source));
}

/** @throws BadInput that says where the text stops being JSON */
export function parseJson(text: string, name: string): unknown {
  if (text.trim() === "") {
    throw new BadInput(name, "", "is empty");
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const place = findBreak(text);
    if (place === undefined) {
      throw new BadInput(name, "", "is no JSON");
    }
    const where = `line ${place.line}, column ${place.column}`;
    throw new BadInput(name, place.path, place.isCutOff ? `the JSON is cut off (${where})` : `this is no JSON (${where})`);
  }
}

/** What is wrong with what the user gave: the command ends with 2 and judges nothing. */

import { plain } from "../policies/report/words";

/** Its text is made of names and places only, never of a value: a saved stack holds secrets. */
export class BadInput extends Error {
  /**
   * @param source the file as the user named it; empty for the command line
   * @param path where in the file, as a JSON path such as `$.deployment.resources[3].urn`; empty for the file as a whole
   */
  constructor(
    readonly source: string,
    readonly path: string,
    readonly problem: string,
  ) {
    super(`${source === "" ? "" : `${plain(source)}: `}${path === "" ? "" : `at ${path}: `}${problem}`);
    this.name = "BadInput";
  }
}

/** A key in a JSON path: plain ones as they are, others quoted, long ones not at all. */
export function keyInPath(key: string): string {
  if (/^[A-Za-z_][\w-]{0,60}$/.test(key)) {
    return `.${key}`;
  }
  return key.length > 60 ? "[…]" : `[${JSON.stringify(plain(key))}]`;
}

/** Finds the lines of a saved stack on which resources stand, for reports that point into the file. */

/** How a line that holds a resource's URN begins: `pulumi stack export` writes one property a line. */
const URN_LINE = /[\t ]*"urn"[\t ]*:[\t ]*("(?:[^"\\\n]|\\.)*")/y;

function urnAt(text: string, start: number): string | undefined {
  URN_LINE.lastIndex = start;
  const [, literal] = URN_LINE.exec(text) ?? [];
  try {
    return literal === undefined ? undefined : (JSON.parse(literal) as string);
  } catch {
    return undefined;
  }
}

/**
 * The line, from 1, of each of these resources. One that does not begin a line, as in a file that is one line, has none.
 * @param text the whole file, which is JSON
 */
export function linesOfUrns(text: string, urns: ReadonlySet<string>): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let start = 0;
  for (let line = 1; start >= 0 && lines.size < urns.size; line += 1) {
    const urn = urnAt(text, start);
    if (urn !== undefined && urns.has(urn) && !lines.has(urn)) {
      lines.set(urn, line);
    }
    const end = text.indexOf("\n", start);
    start = end < 0 ? -1 : end + 1;
  }
  return lines;
}

/** A place in a text that is being read. */
export interface Cursor {
  readonly text: string;
  position: number;
}

/** Takes what `pattern` (a sticky expression) matches at the cursor. */
export function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.position;
  const found = pattern.exec(cursor.text)?.[0];
  cursor.position += found?.length ?? 0;
  return found;
}

export function takeLiteral(cursor: Cursor, literal: string): boolean {
  const found = cursor.text.startsWith(literal, cursor.position);
  cursor.position += found ? literal.length : 0;
  return found;
}

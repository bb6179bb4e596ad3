/**
 * Matches a text against a pattern in which `*` stands for any text. Works in time proportional to pattern × text at
 * worst, whatever they are: no regular expression is made from user input.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  let p = 0;
  while (at < text.length) {
    if (p < pattern.length && pattern[p] === "*") {
      star = p;
      resumeAt = at;
      p += 1;
    } else if (p < pattern.length && pattern[p] === text[at]) {
      p += 1;
      at += 1;
    } else if (star >= 0) {
      p = star + 1;
      resumeAt += 1;
      at = resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") {
    p += 1;
  }
  return p === pattern.length;
}

/**
 * Provider and region in one text: names of AWS resources are only comparable within one account and region.
 */

/** @param region empty where it is not known */
export function scopeIn(provider: string, region: string): string {
  return `${provider} ${region}`;
}

/** The region of a scope, where it is known. */
export function regionOf(scope: string): string | undefined {
  const region = scope.slice(scope.lastIndexOf(" ") + 1);
  return region === "" ? undefined : region;
}

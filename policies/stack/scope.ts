/** What makes names of AWS resources comparable: provider and region in one text, and names without the ARN around them. */

/** @param region empty where it is not known */
export function scopeIn(provider: string, region: string): string {
  return `${provider} ${region}`;
}

/** The region of a scope, where it is known. */
export function regionOf(scope: string): string | undefined {
  const region = scope.slice(scope.lastIndexOf(" ") + 1);
  return region === "" ? undefined : region;
}

/** The name itself, of a name or of an ARN that ends with it: `web` of `arn:aws:ecs:us-east-1:123456789012:cluster/web`. */
export function shortName(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
}

/** Where a resource lies: what its names are comparable within, and what it lies in. */

import { scopeIn } from "../stack/scope";
import { isUnknown } from "./raw";
import type { Properties } from "./resource";

/** The provider that a resource is managed with. */
export interface ProviderAt {
  readonly urn: string;
  /** `pulumi:providers:aws` */
  readonly type: string;
  readonly name: string;
  /** Its `region`, raw. */
  readonly region: unknown;
}

function knownText(raw: unknown): string | undefined {
  return typeof raw === "string" && !isUnknown(raw) ? raw : undefined;
}

/**
 * Provider and region: what makes names comparable. The engine has one default provider for each version of a package
 * (`default_7_48_0`), so a component brings its own; all of them are configured alike. A resource's own region goes
 * before its provider's.
 */
export function scopeOf(provider: ProviderAt | undefined, properties: Properties): string {
  if (provider === undefined) {
    return scopeIn("", knownText(properties["region"]) ?? "");
  }
  const isDefault = /^default(_[\w.-]*)?$/.test(provider.name);
  const region = knownText(properties["region"]) ?? knownText(provider.region) ?? "";
  return scopeIn(isDefault ? `${provider.type} default` : provider.urn, region);
}

/** Who lies in whom. */
export class Parents {
  private readonly parents = new Map<string, string>();

  add(urn: string, parent: string | undefined): void {
    if (parent !== undefined) {
      this.parents.set(urn, parent);
    }
  }

  /** The resources that one lies in, the nearest first. A circle or an endless line of parents is cut. */
  above(urn: string): string[] {
    const ancestors: string[] = [];
    for (let at = this.parents.get(urn); at !== undefined && ancestors.length < 20 && !ancestors.includes(at); at = this.parents.get(at)) {
      ancestors.push(at);
    }
    return ancestors;
  }
}

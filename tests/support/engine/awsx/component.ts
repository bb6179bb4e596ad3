import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";

/** A component once made: its resource and what its user reads from it. */
export interface Component {
  readonly resource: pulumi.ComponentResource;
  readonly outputs: pulumi.Inputs;
}

export type Maker = (name: string, inputs: pulumi.Inputs, options: pulumi.ComponentResourceOptions) => Component;

/** A component resource with the outputs that the maker gives it. Its inputs do not reach the engine. */
export class Shell extends pulumi.ComponentResource {
  constructor(type: string, name: string, options: pulumi.ComponentResourceOptions) {
    super(type, name, {}, options);
  }

  finish(outputs: pulumi.Inputs): Component {
    this.registerOutputs(outputs);
    return { resource: this, outputs };
  }
}

/** The short hash that awsx puts into names. */
export function shortHash(text: string): string {
  return createHash("sha1").update(text).digest("hex").slice(0, 8);
}

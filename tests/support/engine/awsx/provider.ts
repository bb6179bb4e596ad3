// A stand-in for the awsx provider, which no package registry carries. The components are made of the same resources,
// with the same names, parents and moments as the real ones (pulumi-awsx: awsx/ecr, awsx/ecs), as far as images, task
// definitions and services go.
import * as pulumi from "@pulumi/pulumi";
import { existsSync, readFileSync } from "node:fs";
import { makeImage, makeRepository } from "./ecr";
import { makeService, makeTaskDefinition } from "./ecs";
import type { Component, Maker } from "./component";

const VERSION = "3.9.0";

const MAKERS: Readonly<Record<string, Maker>> = {
  "awsx:ecr:Image": makeImage,
  "awsx:ecr:Repository": makeRepository,
  "awsx:ecs:FargateService": makeService("FARGATE"),
  "awsx:ecs:EC2Service": makeService("EC2"),
  "awsx:ecs:FargateTaskDefinition": makeTaskDefinition("FARGATE"),
  "awsx:ecs:EC2TaskDefinition": makeTaskDefinition("EC2"),
};

const provider: pulumi.provider.Provider = {
  version: VERSION,
  getSchema: () => {
    const file = process.env.CPU_ARCHITECTURE_AWSX_SCHEMA ?? "";
    return Promise.resolve(existsSync(file) ? readFileSync(file, "utf8") : "{}");
  },
  construct: (name, type, inputs, options) => {
    const make = MAKERS[type];
    if (make === undefined) {
      return Promise.reject(new Error(`the stand-in for awsx has no ${type}`));
    }
    const component: Component = make(name, inputs, options);
    return Promise.resolve({ urn: component.resource.urn, state: component.outputs });
  },
};

void pulumi.provider.main(provider, process.argv.slice(2));

import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";
import { DESCRIPTION, DISPLAY_NAME, README, TAGS } from "./policies/report/about";

new PolicyPack("cpu-architecture", { displayName: DISPLAY_NAME, description: DESCRIPTION, readme: README, provider: "aws", tags: [...TAGS], policies });

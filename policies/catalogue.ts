/** The policies of the pack, in order: settings before everything that uses them, collectors after what they collect. */

import { SETTINGS_SCHEMA } from "./options/settings";
import { architectureSuspected } from "./rules/architecture-suspected";
import { architectureUndetermined, UNDETERMINED_SCHEMA } from "./rules/architecture-undetermined";
import { containerImagePlatformExplicit } from "./rules/container-image-platform-explicit";
import { cpuArchitectureSettings } from "./rules/cpu-architecture-settings";
import { ec2AmiInstanceTypeArchitecture } from "./rules/ec2-ami-instance-type-architecture";
import { ecsTaskCapacityArchitecture } from "./rules/ecs-task-capacity-architecture";
import { ecsTaskImageArchitecture } from "./rules/ecs-task-image-architecture";
import { ecsTaskRuntimePlatformValid } from "./rules/ecs-task-runtime-platform-valid";
import type { PackRules } from "./saying";

export const RULES: PackRules = {
  settings: { rule: cpuArchitectureSettings, schema: SETTINGS_SCHEMA },
  judging: [ecsTaskImageArchitecture, ecsTaskCapacityArchitecture, ec2AmiInstanceTypeArchitecture, ecsTaskRuntimePlatformValid, containerImagePlatformExplicit],
  suspected: architectureSuspected,
  undetermined: { rule: architectureUndetermined, schema: UNDETERMINED_SCHEMA },
};

import { ACCOUNT, REGION, REGISTRY } from "./aws-resources";
import { hex, imageDigest, knownString } from "../../values";
import type { Values } from "../../values";

/** Answers the AWS provider's functions that programs about containers and instances use; others give a bare id. */
export function awsFunction(token: string, args: Values): Values {
  const name = token.split(":").at(-1) ?? token;
  const answer = FUNCTIONS[name];
  return answer === undefined ? { id: "id", arn: `arn:aws:${name}`, name: args.name ?? "name", ids: [] } : answer(args);
}

const FUNCTIONS: Readonly<Record<string, (args: Values) => Values>> = {
  getAmi: amiFor,
  getAmiIds: (args) => ({ id: "ids", ids: [amiId(JSON.stringify(args))] }),
  getAuthorizationToken: () => ({ id: REGION, userName: "AWS", password: "password", authorizationToken: "QVdTOnBhc3N3b3Jk", proxyEndpoint: `https://${REGISTRY}` }),
  getAvailabilityZones: () => ({ id: REGION, names: ["a", "b", "c"].map((zone) => REGION + zone), zoneIds: ["use1-az1", "use1-az2", "use1-az3"] }),
  getCallerIdentity: () => ({ id: ACCOUNT, accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/someone`, userId: "someone" }),
  getCluster: (args) => ({ id: text(args.clusterName), arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/${text(args.clusterName)}`, clusterName: text(args.clusterName) }),
  getCredentials: () => ({ authorizationToken: "QVdTOnBhc3N3b3Jk", proxyEndpoint: `https://${REGISTRY}` }),
  getImage: (args) => {
    const digest = imageDigest(JSON.stringify(args));
    return { id: digest, imageDigest: digest, imageUri: `${REGISTRY}/${text(args.repositoryName)}@${digest}` };
  },
  getParameter: parameterFor,
  getPartition: () => ({ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com" }),
  getPolicyDocument: () => ({ id: "document", json: "{}" }),
  getRegion: () => ({ id: REGION, name: REGION, region: REGION, description: "US East (N. Virginia)" }),
  getRepository: (args) => ({ id: text(args.name), name: text(args.name), arn: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${text(args.name)}`, repositoryUrl: `${REGISTRY}/${text(args.name)}`, registryId: ACCOUNT }),
  getSubnet: () => ({ id: "subnet-1", vpcId: "vpc-1", cidrBlock: "10.0.0.0/24" }),
  getSubnets: () => ({ id: "subnets", ids: ["subnet-1", "subnet-2"] }),
  getTaskDefinition: (args) => ({ id: text(args.taskDefinition), arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${text(args.taskDefinition)}:1`, family: text(args.taskDefinition), revision: 1 }),
  getVpc: () => ({ id: "vpc-1", arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:vpc/vpc-1`, cidrBlock: "10.0.0.0/16" }),
};

function text(value: Values[string] | undefined): string {
  return knownString(value) ?? "";
}

function amiId(seed: string): string {
  return `ami-${hex(seed, 17)}`;
}

function amiFor(args: Values): Values {
  const asked = JSON.stringify(args);
  const arm = /arm64|aarch64/.test(asked);
  const architecture = arm ? "arm64" : "x86_64";
  return {
    ...args,
    id: amiId(asked),
    imageId: amiId(asked),
    architecture,
    arn: `arn:aws:ec2:${REGION}::image/${amiId(asked)}`,
    name: `al2023-ami-2023.9.0-kernel-6.1-${architecture}`,
    ownerId: "137112412989",
    rootDeviceName: "/dev/xvda",
  };
}

/** Public parameters hold an AMI id; the ECS path without `image_id` holds a JSON document about the AMI. */
function parameterFor(args: Values): Values {
  const name = text(args.name);
  const id = amiId(name.replace(/\/image_id$/, ""));
  const value = name.endsWith("/recommended") ? JSON.stringify({ image_id: id, os: "Amazon Linux" }) : /ami|image_id/.test(name) ? id : "value";
  return { id: name, name, value, insecureValue: value, arn: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${name}`, type: "String", version: 1 };
}

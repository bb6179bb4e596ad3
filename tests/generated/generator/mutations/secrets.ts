/** Secrets where programs have them: the pack is told them in plain text, and must not pass them on. */

import type { RecordedResource, Recording } from "../../../support/protocol";

export const SECRET = "s3cr3t-Tr0ub4dor";

function inScript(script: string): string {
  return script.replace("#!/bin/bash\n", `#!/bin/bash\nexport DB_PASSWORD=${SECRET}\n`);
}

/** Of a text in base64, what it says; templates have their user data so. */
function inUserData(text: string): string {
  if (text.startsWith("#!")) {
    return inScript(text);
  }
  const decoded = Buffer.from(text, "base64").toString();
  return decoded.startsWith("#!") ? Buffer.from(inScript(decoded)).toString("base64") : text;
}

function inText(key: string, text: string): string {
  switch (key) {
    case "containerDefinitions":
      return text.replaceAll('"value":"production"', `"value":"${SECRET}"`);
    case "create":
      return text.startsWith("docker") ? `echo ${SECRET} | docker login -u me -p ${SECRET} registry.example.com && ${text}` : text;
    case "buildspec":
      return text.replace("commands:\n", `commands:\n      - docker login -p ${SECRET} registry.example.com\n`);
    case "userData":
      return inUserData(text);
    default:
      return text;
  }
}

function inValue(key: string, value: unknown): unknown {
  if (typeof value === "string") {
    return inText(key, value);
  }
  if (Array.isArray(value)) {
    return (value as readonly unknown[]).map((item) => inValue(key, item));
  }
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inValue(name, each)])) : value;
}

function withMore(resource: RecordedResource): Readonly<Record<string, unknown>> {
  const properties = inValue("", resource.properties ?? {}) as Readonly<Record<string, unknown>>;
  const build = properties["build"];
  const isBuild = typeof build === "object" && build !== null;
  return {
    ...properties,
    ...(isBuild ? { build: { ...build, args: { NPM_TOKEN: SECRET } } } : {}),
    ...(resource.type.startsWith("command:") ? { environment: { TOKEN: SECRET }, stdin: SECRET, triggers: [SECRET] } : {}),
    ...(resource.type.startsWith("docker") ? { registry: { server: "registry.example.com", username: "me", password: SECRET }, secrets: { token: SECRET }, buildArgs: { TOKEN: SECRET } } : {}),
    tags: resource.type.startsWith("docker-build") ? properties["tags"] : { token: SECRET },
    password: SECRET,
    nested: { list: [{ secret: SECRET }] },
  };
}

function planted(resource: RecordedResource): RecordedResource {
  const { provider } = resource;
  return {
    ...resource,
    properties: JSON.parse(JSON.stringify(withMore(resource))) as Readonly<Record<string, unknown>>,
    ...(provider === undefined ? {} : { provider: { ...provider, properties: { accessKey: SECRET, region: "us-east-1" } } }),
  };
}

/** The recording with a secret in every place that holds one in practice. */
export function plantSecrets(recording: Recording): Recording {
  return { ...recording, analyze: recording.analyze.map(planted), analyzeStack: (recording.analyzeStack ?? []).map(planted) };
}
